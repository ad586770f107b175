using DStream.Core;
using DStream.Hosting;

namespace DStream.Ingester;

/// <summary>Saves one table's position for the owner of one epoch, forward only.</summary>
internal sealed class CheckpointWriter(
    ICheckpointStore store, SourceTable table, long epoch, ChangePosition? saved, TimeSpan idleInterval, ILease lease, Resilience resilience,
    TimeProvider time)
{
    private ChangePosition? _saved = saved;
    private long _savedAt = time.GetTimestamp();

    /// <summary>Saves the position if it is later than the saved one.</summary>
    /// <exception cref="OwnershipLostException">A later owner has begun, or the lease ran out.</exception>
    internal async ValueTask SaveAsync(ChangePosition position, CancellationToken cancellationToken)
    {
        if (position <= _saved) return;
        var outcome = await resilience.Save.ExecuteAsync(
            static (state, token) =>
            {
                if (!state.Lease.IsHeld) throw new OwnershipLostException($"The lease of {state.Lease.Name} ran out before a save.");
                return state.Store.SaveAsync(state.Table, state.Epoch, state.Position, token);
            },
            (Lease: lease, Store: store, Table: table, Epoch: epoch, Position: position),
            cancellationToken);

        // I2: the store refuses a stale epoch in the same statement that would have moved the position.
        if (outcome == CheckpointSave.StaleEpoch)
            throw new OwnershipLostException($"Another ingester has begun with {table}: epoch {epoch} is no longer the latest.");

        // NotForward: a transaction is being read again from its beginning (I5a), or a retry found its own first attempt already stored.
        _saved = position;
        _savedAt = time.GetTimestamp();
    }

    /// <summary>How long until the position of a table without changes should be saved; zero or less where it should be now.</summary>
    internal TimeSpan DueIn => idleInterval - time.GetElapsedTime(_savedAt);

    /// <summary>Saves the position of a table without changes once in a while, so that cleanup does not seem to pass it (I3).</summary>
    internal async ValueTask SaveIfDueAsync(ChangePosition position, CancellationToken cancellationToken)
    {
        if (DueIn > TimeSpan.Zero) return;
        await SaveAsync(position, cancellationToken);

        // Also where there was nothing to save, since the whole database is idle.
        _savedAt = time.GetTimestamp();
    }

    /// <summary>Saves if that is possible; the caller has a failure of its own to report.</summary>
    internal async ValueTask TrySaveAsync(ChangePosition position, CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(position, cancellationToken);
        }
        catch (Exception error) when (error is ProviderException or OwnershipLostException or OperationCanceledException)
        {
            // Those changes will be sent once more, and duplicate detection drops them.
        }
    }
}
