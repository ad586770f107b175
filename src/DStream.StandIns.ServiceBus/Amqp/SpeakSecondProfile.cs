using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// A SASL mechanism that lets everybody in (the tokens come later, over <c>$cbs</c>), and after which the server waits for the
/// client's first bytes before it sends its own. The library would send its protocol header and open right behind the SASL
/// outcome; a client that reads all three at once, as the JavaScript SDK does under load, never looks at the rest.
/// </summary>
internal sealed class SpeakSecondProfile(Symbol mechanism) : SaslProfile(mechanism)
{
    protected override ITransport UpgradeTransport(ITransport transport) => new SpeakSecondTransport((IAsyncTransport)transport);

    protected override DescribedList GetStartCommand(string hostname) => throw new NotSupportedException("This is the server's side.");

    protected override DescribedList OnCommand(DescribedList command) => command is SaslInit
        ? new SaslOutcome { Code = SaslCode.Ok }
        : throw AmqpErrors.Exception("amqp:not-allowed", "Only an init is expected of this mechanism.");
}
