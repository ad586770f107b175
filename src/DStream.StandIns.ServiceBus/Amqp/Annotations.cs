namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>The service's message annotations.</summary>
internal static class Annotations
{
    public const string SequenceNumber = "x-opt-sequence-number";
    public const string EnqueuedSequenceNumber = "x-opt-enqueue-sequence-number";
    public const string EnqueuedTime = "x-opt-enqueued-time";
    public const string LockedUntil = "x-opt-locked-until";
    public const string DeadLetterSource = "x-opt-deadletter-source";
    public const string MessageState = "x-opt-message-state";
    public const string PartitionKey = "x-opt-partition-key";
    public const string Offset = "x-opt-offset";
    public const string ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
}
