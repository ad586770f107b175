using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// Reads a table as the isolation level and the hints have it: with shared locks that end with the row or with the transaction,
/// with update locks, over versions, or dirty. Runs under the gate, for a statement that may have to wait.
/// </summary>
internal sealed class LockedReader(TableRead read)
{
    private enum Values
    {
        Newest,
        Snapshot,
        Dirty,
    }

    public IEnumerable<(RowSlot Slot, object?[] Row)> Read(BatchContext context, TableIndex index, KeyRange range)
    {
        var transaction = context.Session.Transaction!;
        var table = read.Table;
        var (values, mode, holds, holdsRange) = Resolve(context);
        if (values != Values.Dirty)
        {
            Enter(transaction, index, range, mode, holds, holdsRange);
        }
        var isClustered = index == table.Clustered;
        var place = new IndexPlace(index, range);
        while (place.Next() is { } entry && range.Position(index.Entries.Order, entry.Key) == 0)
        {
            var slot = entry.Slot;
            if (mode is { } wanted && IsHeldByAnother(context, transaction, slot, wanted, holds))
            {
                continue;
            }
            var row = values switch
            {
                Values.Dirty => slot.Dirty,
                Values.Snapshot => slot.Visible(transaction, transaction.Snapshot ?? long.MaxValue),
                _ => slot.Latest(transaction),
            };
            if (row is null || !(isClustered || index.Entries.Order.Compare(index.KeyOf(row), entry.Key) == 0))
            {
                continue;
            }
            if (holds)
            {
                TableLocks.Row(table, slot, transaction, mode!.Value);
            }
            yield return (slot, row);
        }
    }

    private void Enter(Transaction transaction, TableIndex index, KeyRange range, LockMode? mode, bool holds, bool holdsRange)
    {
        if (mode is not null)
        {
            TableLocks.ThrowIfOwned(read.Table, transaction);
        }
        if (read.Access.WholeTable)
        {
            if (mode == LockMode.Exclusive)
            {
                TableLocks.Exclusive(read.Table, transaction);
            }
            else if (mode == LockMode.Shared)
            {
                TableLocks.Shared(read.Table, transaction, holds);
            }
        }
        else if (holdsRange)
        {
            TableLocks.Range(read.Table, new RangeLock(transaction, index, range, mode!.Value));
        }
    }

    private (Values Values, LockMode? Mode, bool Holds, bool HoldsRange) Resolve(BatchContext context)
    {
        var level = context.LevelOf(read);
        var isKept = level is SqlIsolation.RepeatableRead or SqlIsolation.Serializable;
        var values = level == SqlIsolation.Snapshot ? Values.Snapshot : Values.Newest;
        if (read.IsTarget || read.Access.Mode is not null)
        {
            return (values, read.Access.Mode ?? LockMode.Update, isKept || read.Access.Mode is not null, level == SqlIsolation.Serializable);
        }
        return level switch
        {
            SqlIsolation.ReadUncommitted => (Values.Dirty, null, false, false),
            SqlIsolation.Snapshot => (values, null, false, false),
            SqlIsolation.ReadCommitted when BatchContext.IsVersioned(read) => (values, null, false, false),
            _ => (values, LockMode.Shared, isKept, level == SqlIsolation.Serializable),
        };
    }

    private bool IsHeldByAnother(BatchContext context, Transaction transaction, RowSlot slot, LockMode mode, bool holds)
    {
        if (TableLocks.Blocker(slot, transaction, mode) is not { } blocker)
        {
            return false;
        }
        if (read.Access.ReadsPast)
        {
            return true;
        }
        // A read that only passes by may go before a writer that came after the statement had begun: else writers that follow
        // one another could keep it waiting for ever.
        return mode == LockMode.Shared && !holds && blocker.Descriptor > context.NewestBlocker
            ? false
            : throw new LockConflictException(blocker);
    }
}
