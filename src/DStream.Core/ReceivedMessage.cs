using System.Text;

namespace DStream.Core;

/// <summary>A message taken from a broker, locked until it is settled.</summary>
/// <param name="message">The message; forwarding sends it as it is.</param>
/// <param name="lockToken">The provider's handle for settling.</param>
public sealed class ReceivedMessage(OutboundMessage message, object lockToken)
{
    /// <summary>The message; forwarding sends it as it is.</summary>
    public OutboundMessage Message { get; } = message;

    /// <summary>The provider's handle for settling.</summary>
    public object LockToken { get; } = lockToken;

    /// <summary>Message id as text; empty where the sender gave none.</summary>
    public string MessageId => Encoding.UTF8.GetString(Message.MessageId.Span);

    /// <summary>The topic it is meant for; null where the message is not one of DStream's.</summary>
    public string? Destination => Message.Headers?.Destination;

    /// <summary>How often the broker has delivered it before.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>The broker's number of the message in its entity.</summary>
    public long SequenceNumber { get; init; }
}
