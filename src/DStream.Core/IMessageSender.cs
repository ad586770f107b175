namespace DStream.Core;

/// <summary>Sends to one queue or topic. Thread-safe; the order of overlapping calls is not kept, so an ordered stream awaits each.</summary>
public interface IMessageSender : IAsyncDisposable
{
    /// <summary>What one send may hold, as the entity answered when the sender was opened.</summary>
    SendLimits Limits { get; }

    /// <summary>
    /// Sends the messages as one unit: when it returns the broker has stored all of them, in this order. When it throws, it is unknown
    /// whether the broker stored them; sending them again is safe where the entity detects duplicates.
    /// </summary>
    /// <exception cref="ProviderException">Transient: the same send may succeed later. Not transient: it never will.</exception>
    ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken);
}
