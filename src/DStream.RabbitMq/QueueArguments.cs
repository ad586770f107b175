namespace DStream.RabbitMq;

/// <summary>The arguments of every queue that DStream declares. They cannot be changed later, and a declaration with others is refused (406).</summary>
internal static class QueueArguments
{
    // Quorum queues are replicated and count deliveries: https://www.rabbitmq.com/docs/quorum-queues.
    private const string Quorum = "quorum";

    /// <summary>
    /// A queue whose messages are never dropped: one that is full by a policy refuses, and what exceeds a delivery limit (a policy, or the 20 that
    /// RabbitMQ 4 has by default) goes to the dead-letter queue, at least once, which asks for that overflow:
    /// https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering.
    /// </summary>
    public static Dictionary<string, object?> Messages(string deadLetterQueue) => new()
    {
        ["x-queue-type"] = Quorum,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = deadLetterQueue,
        ["x-dead-letter-strategy"] = "at-least-once",
    };

    /// <summary>
    /// The queue of a session: beside that, it delivers to one consumer at a time and to the next when the channel of that one is closed
    /// (https://www.rabbitmq.com/docs/consumers#single-active-consumer). Quorum queues ignore a consumer's own wish to be exclusive.
    /// </summary>
    public static Dictionary<string, object?> Session(string deadLetterQueue) => new(Messages(deadLetterQueue)) { ["x-single-active-consumer"] = true };

    /// <summary>A queue that has no dead-letter queue of its own.</summary>
    public static Dictionary<string, object?> Plain() => new() { ["x-queue-type"] = Quorum, ["x-overflow"] = "reject-publish" };
}
