using System.Collections.Concurrent;
using DStream.Core;

namespace DStream.Sandbox.Workloads;

/// <summary>What the workload committed, by table. Thread-safe.</summary>
public sealed class CommittedLog(bool keepChanges)
{
    private readonly ConcurrentDictionary<TableName, List<CommittedChange>> _changes = [];
    private long _count;

    /// <summary>Committed changes of all tables.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds the changes of one committed transaction.</summary>
    internal void Add(TableName table, IReadOnlyCollection<CommittedChange> changes)
    {
        if (keepChanges)
        {
            var log = _changes.GetOrAdd(table, static _ => []);
            lock (log) log.AddRange(changes);
        }

        Interlocked.Add(ref _count, changes.Count);
    }

    /// <summary>The table's changes in log order.</summary>
    public IReadOnlyList<CommittedChange> Of(TableName table)
    {
        if (!_changes.TryGetValue(table, out var log)) return [];
        lock (log) return [.. log];
    }
}
