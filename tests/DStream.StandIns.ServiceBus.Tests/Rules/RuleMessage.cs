using Amqp;
using Amqp.Framing;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Tests.Rules;

/// <summary>Messages as they come over the wire, for rules to look at.</summary>
internal static class RuleMessage
{
    public static BrokerMessage Of(Properties? system = null, params (string Name, object? Value)[] user)
    {
        var message = new Message
        {
            Properties = system,
            ApplicationProperties = user.Length == 0 ? null : new ApplicationProperties(),
            BodySection = new Data { Binary = [1, 2, 3] },
        };
        foreach (var (name, value) in user) message.ApplicationProperties!.Map[name] = value;
        var buffer = message.Encode();
        return IncomingMessages.Read(buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray());
    }

    /// <summary>A message of many kinds of properties.</summary>
    public static BrokerMessage Sample() => Of(
        new Properties { MessageId = "m-1", Subject = "Persons", GroupId = "S", To = "here", CorrelationId = "c-1", ContentType = "application/json" },
        ("color", "blue"), ("quantity", 10), ("price", 2.5), ("big", 5_000_000_000L), ("flag", true), ("nothing", null), ("with space", "x"),
        ("percent", "ABC%"), ("id", new Guid("11111111-2222-3333-4444-555555555555")));

    public static MessageProperties Decoded(BrokerMessage message) => new(message);
}
