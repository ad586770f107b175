namespace DStream.Core;

/// <summary>Opens receivers. Thread-safe.</summary>
public interface IMessageReceiverFactory
{
    /// <summary>Takes the next session that is free and has messages; null when none came free in time.</summary>
    /// <exception cref="ProviderException">The queue is missing or may not be read, or the broker cannot be reached.</exception>
    ValueTask<IMessageReceiver?> AcceptSessionAsync(string queue, TimeSpan maxWait, CancellationToken cancellationToken);
}
