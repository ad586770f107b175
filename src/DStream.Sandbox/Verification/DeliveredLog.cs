using System.Collections.Concurrent;
using DStream.Core;

namespace DStream.Sandbox.Verification;

/// <summary>
/// What the topics hold, by table, in the order of the topic: that of the broker's sequence numbers. A subscription without sessions may hand
/// a message out again, and later than its successors, where the consumer lost its connection before it completed it; by its sequence number
/// that is still the same message. Thread-safe.
/// </summary>
public sealed class DeliveredLog(bool keepChanges)
{
    private readonly ConcurrentDictionary<TableName, SortedList<long, DeliveredChange>> _changes = [];
    private long _count;

    /// <summary>Messages that arrived; those of a change that stands in its topic twice count twice.</summary>
    public long Count => Interlocked.Read(ref _count);

    internal void Add(long sequenceNumber, DeliveredChange change)
    {
        if (keepChanges)
        {
            var log = _changes.GetOrAdd(change.Table, static _ => []);
            lock (log)
            {
                if (!log.TryAdd(sequenceNumber, change)) return;
            }
        }

        Interlocked.Increment(ref _count);
    }

    /// <summary>The table's changes in the order of its topic.</summary>
    public IReadOnlyList<DeliveredChange> Of(TableName table)
    {
        if (!_changes.TryGetValue(table, out var log)) return [];
        lock (log) return [.. log.Values];
    }
}
