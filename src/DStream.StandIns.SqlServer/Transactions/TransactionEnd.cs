using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>Commit and rollback. All of it runs under the engine's gate, so that a commit is seen whole or not at all.</summary>
internal sealed class TransactionEnd(EngineState engine)
{
    private readonly Queue<Ghost> _ghosts = new();

    public void Commit(Transaction transaction)
    {
        var sequence = engine.CommitSequence + 1;
        var keepOlder = !engine.Snapshots.IsEmpty;
        foreach (var (table, slot) in transaction.Slots)
        {
            if (slot.HasPending)
            {
                slot.Committed = new RowVersion(slot.Pending, sequence) { Older = keepOlder ? slot.Committed : null };
                if (keepOlder)
                {
                    _ghosts.Enqueue(new Ghost(sequence, table, slot, null, null));
                }
            }
        }
        Release(transaction, keepOlder, sequence);
        engine.CommitSequence = sequence;
        foreach (var log in transaction.Logs)
        {
            log.Database.Committed(log, engine.LocalNow());
        }
        SweepGhosts();
        transaction.SignalEnd();
    }

    public void Rollback(Transaction transaction)
    {
        RollbackTo(transaction, new TransactionMark(0, []));
        Release(transaction, keepOlder: false, engine.CommitSequence);
        transaction.SignalEnd();
    }

    /// <summary>Undoes what followed the mark; locks stay until the end, as they do in SQL Server.</summary>
    public static void RollbackTo(Transaction transaction, TransactionMark mark)
    {
        for (var i = transaction.Undo.Count - 1; i >= mark.Undo; i--)
        {
            var entry = transaction.Undo[i];
            if (entry.Slot is { } slot)
            {
                (slot.HasPending, slot.Pending) = (entry.HadPending, entry.Pending);
            }
            entry.Action?.Invoke();
        }
        transaction.Undo.RemoveRange(mark.Undo, transaction.Undo.Count - mark.Undo);
        foreach (var log in transaction.Logs)
        {
            var (_, records, command) = Array.Find(mark.Logs, m => m.Log == log);
            log.Records.RemoveRange(records, log.Records.Count - records);
            log.LastCommandId = command;
        }
    }

    private void Release(Transaction transaction, bool keepOlder, long sequence)
    {
        TableLocks.Release(transaction);
        foreach (var (table, slot) in transaction.Slots)
        {
            (slot.Owner, slot.IsUpdateLock) = (null, false);
            (slot.HasPending, slot.Pending) = (false, null);
            if (--System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(table.Writers, transaction) == 0)
            {
                table.Writers.Remove(transaction);
            }
            RemoveIfGone(table, slot);
        }
        foreach (var (index, entry) in transaction.Touched)
        {
            if (keepOlder)
            {
                _ghosts.Enqueue(new Ghost(sequence, null, entry.Slot, index, entry));
            }
            else
            {
                RemoveIfUnused(index, entry);
            }
        }
        foreach (var database in engine.Databases.Values)
        {
            database.AppLocks.Release(hold => hold.Transaction == transaction);
        }
        if (transaction.Snapshot is { } snapshot)
        {
            engine.Snapshots.Release(snapshot);
        }
    }

    private void SweepGhosts()
    {
        var oldest = engine.Snapshots.Oldest;
        while (_ghosts.TryPeek(out var ghost) && ghost.Sequence <= oldest)
        {
            _ghosts.Dequeue();
            if (ghost.Slot.Committed is { } newest && newest.Sequence <= oldest)
            {
                newest.Older = null;
            }
            if (ghost.Table is not null)
            {
                RemoveIfGone(ghost.Table, ghost.Slot);
            }
            if (ghost.Index is not null)
            {
                RemoveIfUnused(ghost.Index, ghost.Entry!);
            }
        }
    }

    private static void RemoveIfGone(Table table, RowSlot slot)
    {
        if (slot is { Owner: null, Sharers: null, Committed: null or { Values: null, Older: null } }
            && table.Clustered.Entries.Find(slot.Key) is { } entry && entry.Slot == slot)
        {
            table.Clustered.Entries.Remove(entry);
        }
    }

    private static void RemoveIfUnused(TableIndex index, IndexEntry entry)
    {
        bool Has(object?[]? row) => index.EntryKeyOf(row) is { } key && index.Entries.Order.Compare(key, entry.Key) == 0;
        if (entry.Slot.HasPending && Has(entry.Slot.Pending))
        {
            return;
        }
        for (var version = entry.Slot.Committed; version is not null; version = version.Older)
        {
            if (Has(version.Values))
            {
                return;
            }
        }
        index.Entries.Remove(entry);
    }

    private readonly record struct Ghost(long Sequence, Table? Table, RowSlot Slot, TableIndex? Index, IndexEntry? Entry);
}
