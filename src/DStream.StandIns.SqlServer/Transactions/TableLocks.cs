using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>
/// Takes locks on tables, rows and ranges for a transaction, until its end. Runs under the engine's gate; where another
/// transaction is in the way it throws <see cref="LockConflictException"/>, and the statement waits and runs again.
/// </summary>
internal static class TableLocks
{
    /// <summary>The whole table alone: TABLOCKX and DDL.</summary>
    public static void Exclusive(Table table, Transaction transaction)
    {
        ThrowIfOwned(table, transaction);
        ThrowIfAny(table.Writers.Keys, transaction);
        ThrowIfAny(table.Readers, transaction);
        ThrowIfAny(table.Sharers, transaction);
        if (table.Owner is null)
        {
            table.Owner = transaction;
            transaction.Tables.Add(table);
        }
    }

    /// <summary>The whole table against writers: TABLOCK.</summary>
    public static void Shared(Table table, Transaction transaction, bool hold)
    {
        ThrowIfOwned(table, transaction);
        ThrowIfAny(table.Writers.Keys, transaction);
        if (hold && table.Sharers.Add(transaction))
        {
            transaction.Tables.Add(table);
        }
    }

    public static void ThrowIfOwned(Table table, Transaction? transaction)
    {
        if (table.Owner is { } owner && owner != transaction)
        {
            throw new LockConflictException(owner);
        }
    }

    /// <summary>Who keeps the row from being read or written in this mode; null where nobody does.</summary>
    public static Transaction? Blocker(RowSlot slot, Transaction? transaction, LockMode mode)
    {
        if (slot.Owner is { } owner && owner != transaction && (mode != LockMode.Shared || !slot.IsUpdateLock))
        {
            return owner;
        }
        return mode == LockMode.Exclusive && slot.Sharers is { } sharers ? sharers.Find(sharer => sharer != transaction) : null;
    }

    /// <summary>Takes a row in a mode; the row's writer is its exclusive holder.</summary>
    public static void Row(Table table, RowSlot slot, Transaction transaction, LockMode mode)
    {
        if (slot.Owner == transaction && (!slot.IsUpdateLock || mode != LockMode.Exclusive))
        {
            return;
        }
        if (Blocker(slot, transaction, mode) is { } blocker)
        {
            throw new LockConflictException(blocker);
        }
        ThrowIfOwned(table, transaction);
        if (mode == LockMode.Shared)
        {
            Share(table, slot, transaction);
            return;
        }
        if (table.Sharers.Count > 0)
        {
            ThrowIfAny(table.Sharers, transaction);
        }
        slot.IsUpdateLock = mode == LockMode.Update;
        if (slot.Owner is null)
        {
            slot.Owner = transaction;
            table.Writers[transaction] = table.Writers.GetValueOrDefault(transaction) + 1;
            transaction.Slots.Add((table, slot));
        }
    }

    /// <summary>Holds a range against inserts, and against other readers of it that mean to write.</summary>
    public static void Range(Table table, RangeLock range)
    {
        foreach (var held in table.Ranges)
        {
            if (held.Transaction == range.Transaction)
            {
                if (held.Index == range.Index && held.Mode >= range.Mode && held.Range.IsSameAs(range.Range))
                {
                    return;
                }
            }
            else if (held.Index == range.Index && (held.Mode != LockMode.Shared || range.Mode == LockMode.Exclusive) && range.Mode != LockMode.Shared
                && held.Range.Overlaps(range.Range, range.Index.Entries.Order))
            {
                throw new LockConflictException(held.Transaction);
            }
        }
        table.Ranges.Add(range);
        if (table.Readers.Add(range.Transaction))
        {
            range.Transaction.Tables.Add(table);
        }
    }

    /// <summary>A key is about to enter an index: who holds the range around it must let go first.</summary>
    public static void ThrowIfInRange(Table table, TableIndex index, object?[] key, Transaction transaction)
    {
        foreach (var held in table.Ranges)
        {
            if (held.Transaction != transaction && held.Contains(index, key))
            {
                throw new LockConflictException(held.Transaction);
            }
        }
    }

    /// <summary>Lets go of what is not the row's owner's: shared rows, ranges and tables.</summary>
    public static void Release(Transaction transaction)
    {
        foreach (var slot in transaction.Shares)
        {
            slot.Sharers!.Remove(transaction);
            slot.Sharers = slot.Sharers.Count == 0 ? null : slot.Sharers;
        }
        foreach (var table in transaction.Tables)
        {
            table.Owner = table.Owner == transaction ? null : table.Owner;
            table.Readers.Remove(transaction);
            table.Sharers.Remove(transaction);
            table.Ranges.RemoveAll(range => range.Transaction == transaction);
        }
    }

    private static void Share(Table table, RowSlot slot, Transaction transaction)
    {
        slot.Sharers ??= [];
        if (slot.Sharers.Contains(transaction))
        {
            return;
        }
        slot.Sharers.Add(transaction);
        transaction.Shares.Add(slot);
        if (table.Readers.Add(transaction))
        {
            transaction.Tables.Add(table);
        }
    }

    private static void ThrowIfAny(IEnumerable<Transaction> holders, Transaction transaction)
    {
        foreach (var holder in holders)
        {
            if (holder != transaction)
            {
                throw new LockConflictException(holder);
            }
        }
    }
}
