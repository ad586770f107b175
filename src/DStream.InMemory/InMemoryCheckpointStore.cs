using DStream.Core;

namespace DStream.InMemory;

/// <summary>Checkpoints in this process. Thread-safe.</summary>
public sealed class InMemoryCheckpointStore : ICheckpointStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourceTable, (Checkpoint Checkpoint, string Owner)> _rows = [];

    /// <summary>Injects failures; null for none.</summary>
    public FaultHook? Fault { get; set; }

    /// <inheritdoc/>
    public ValueTask<Checkpoint> BeginEpochAsync(SourceTable table, string owner, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.BeginEpoch, table, cancellationToken);
        lock (_lock)
        {
            var old = _rows.GetValueOrDefault(table).Checkpoint;
            var begun = new Checkpoint((old?.Epoch ?? 0) + 1, old?.Position);
            _rows[table] = (begun, owner);
            return new(begun);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Checkpoint?> LoadAsync(SourceTable table, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.Load, table, cancellationToken);
        return new(Find(table));
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointSave> SaveAsync(SourceTable table, long epoch, ChangePosition position, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.Save, table, cancellationToken);
        var result = Save(table, epoch, position);
        if (Fault?.Invoke(InMemoryOperation.Saved, table.ToString()) is { } failure) throw failure;
        return new(result);
    }

    /// <summary>The stored checkpoint, without asking the hook; null where the table has none.</summary>
    public Checkpoint? Find(SourceTable table)
    {
        lock (_lock) return _rows.GetValueOrDefault(table).Checkpoint;
    }

    /// <summary>Who began the latest epoch; null where none was begun.</summary>
    public string? OwnerOf(SourceTable table)
    {
        lock (_lock) return _rows.GetValueOrDefault(table).Owner;
    }

    /// <summary>Sets a position as an administrator would, backwards too; the epoch stays.</summary>
    public void Set(SourceTable table, ChangePosition? position)
    {
        lock (_lock)
        {
            var (old, owner) = _rows.GetValueOrDefault(table);
            _rows[table] = (new Checkpoint(old?.Epoch ?? 0, position), owner ?? "");
        }
    }

    private CheckpointSave Save(SourceTable table, long epoch, ChangePosition position)
    {
        // I2
        lock (_lock)
        {
            var (stored, owner) = _rows.GetValueOrDefault(table);
            if (stored is null || stored.Epoch != epoch) return CheckpointSave.StaleEpoch;
            if (stored.Position is { } at && position <= at) return CheckpointSave.NotForward;
            _rows[table] = (stored with { Position = position }, owner);
            return CheckpointSave.Saved;
        }
    }

    private void Before(string operation, SourceTable table, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault?.Invoke(operation, table.ToString()) is { } failure) throw failure;
    }
}
