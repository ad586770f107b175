using DStream.Core;

namespace DStream.InMemory;

/// <summary>A message in a queue or subscription. Changed only under the broker's lock.</summary>
internal sealed class StoredMessage(long sequenceNumber, OutboundMessage message, DateTimeOffset enqueuedAt)
{
    public long SequenceNumber { get; } = sequenceNumber;

    public OutboundMessage Message { get; } = message;

    public DateTimeOffset EnqueuedAt { get; } = enqueuedAt;

    public int DeliveryCount { get; set; }

    public string? DeadLetterReason { get; init; }

    public string? DeadLetterDescription { get; init; }

    public InMemoryMessage Snapshot(bool isLocked) =>
        new(SequenceNumber, Message, EnqueuedAt, DeliveryCount, isLocked, DeadLetterReason, DeadLetterDescription);
}
