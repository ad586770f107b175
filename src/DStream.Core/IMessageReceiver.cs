namespace DStream.Core;

/// <summary>
/// Takes the messages of one session, in order, exclusively, and keeps its lock renewed. One call at a time. After a lost lock every member
/// throws a transient <see cref="ProviderException"/>: dispose and accept the next session; the broker delivers again.
/// </summary>
public interface IMessageReceiver : IAsyncDisposable
{
    /// <summary>The session; null for a queue without sessions.</summary>
    string? SessionId { get; }

    /// <summary>Waits for at least one message and returns what is there, in order, up to the maximum; empty when none came in time.</summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Removes the messages from the queue: they are done.</summary>
    ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Gives the messages back, to be delivered again.</summary>
    ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Moves a message to the dead-letter queue, with the reason for people and programs to read.</summary>
    /// <param name="message">A message of this receiver that is not settled.</param>
    /// <param name="reason">Short and stable: <c>UnknownDestination</c>.</param>
    /// <param name="description">What was found and what to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask DeadLetterAsync(ReceivedMessage message, string reason, string description, CancellationToken cancellationToken);
}
