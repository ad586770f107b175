using Amqp;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Stands for a delivery that is encoded already. The library asks the connection's handler for the delivery tag, which the
/// service makes the lock token (in the byte order of .NET).
/// </summary>
internal sealed class TaggedMessage(Guid token) : Message
{
    public Guid Token { get; } = token;

    public byte[] Tag { get; } = token.ToByteArray();
}
