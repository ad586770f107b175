namespace DStream.Core;

/// <summary>Keeps the position of each table outside the process. Thread-safe. Failures are <see cref="ProviderException"/>.</summary>
public interface ICheckpointStore
{
    /// <summary>Fences every earlier owner: raises the epoch by one, atomically, and returns it with the stored position.</summary>
    /// <param name="table">Whose checkpoint; made when it is missing.</param>
    /// <param name="owner">Who begins, for people to read: host and process.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Checkpoint> BeginEpochAsync(SourceTable table, string owner, CancellationToken cancellationToken);

    /// <summary>The stored checkpoint, or null where the table has none.</summary>
    ValueTask<Checkpoint?> LoadAsync(SourceTable table, CancellationToken cancellationToken);

    /// <summary>Stores the position if the epoch is still the latest and the position is later than the stored one, atomically.</summary>
    ValueTask<CheckpointSave> SaveAsync(SourceTable table, long epoch, ChangePosition position, CancellationToken cancellationToken);
}
