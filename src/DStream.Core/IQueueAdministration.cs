namespace DStream.Core;

/// <summary>Creates the ingest queue where it is missing. Idempotent and thread-safe. Failures are <see cref="ProviderException"/>.</summary>
public interface IQueueAdministration
{
    /// <summary>Makes sure that the queue exists: with sessions and duplicate detection, which cannot be changed later.</summary>
    ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken);
}
