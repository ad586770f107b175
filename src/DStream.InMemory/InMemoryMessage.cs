using System.Text;
using DStream.Core;

namespace DStream.InMemory;

/// <summary>A message in an <see cref="InMemoryBroker"/>, as it was when it was looked at.</summary>
/// <param name="SequenceNumber">Its number in its queue or subscription; the order of messages.</param>
/// <param name="Message">The message; its memory is its own.</param>
/// <param name="EnqueuedAt">When it was stored.</param>
/// <param name="DeliveryCount">How often it was delivered and came back.</param>
/// <param name="IsLocked">Whether a receiver has it.</param>
/// <param name="DeadLetterReason">Why it was dead-lettered; null where it was not.</param>
/// <param name="DeadLetterDescription">The reason at length; null where it was not dead-lettered.</param>
public sealed record InMemoryMessage(
    long SequenceNumber, OutboundMessage Message, DateTimeOffset EnqueuedAt, int DeliveryCount, bool IsLocked,
    string? DeadLetterReason, string? DeadLetterDescription)
{
    /// <summary>The message id as text.</summary>
    public string MessageId => Encoding.UTF8.GetString(Message.MessageId.Span);

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(Message.Body.Span);
}
