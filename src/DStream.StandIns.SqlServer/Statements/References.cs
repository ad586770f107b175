using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Foreign keys after a statement wrote: what rows name must be there, and what named rows that went is refused or follows.</summary>
internal static class References
{
    public static void Check(BatchContext context, Database database, Table table, Transaction transaction, IReadOnlyList<RowChange> changes, string verb)
    {
        foreach (var key in table.ForeignKeys)
        {
            if (!key.IsDisabled)
            {
                CheckNamed(database, key, transaction, changes, verb);
            }
        }
        foreach (var key in table.ReferencedBy.ToList())
        {
            if (!key.IsDisabled)
            {
                Follow(context, database, key, transaction, changes, verb);
            }
        }
    }

    /// <summary>The rows that are there when the constraint is added.</summary>
    public static void CheckAll(Database database, ForeignKey key, Transaction transaction) => CheckNamed(
        database, key, transaction, key.Table.Slots().Select(slot => slot.Latest(transaction)).Where(row => row is not null).Select(row => new RowChange(null, row)).ToList(), "ALTER TABLE");

    private static void CheckNamed(Database database, ForeignKey key, Transaction transaction, IReadOnlyList<RowChange> changes, string verb)
    {
        foreach (var (before, after) in changes)
        {
            if (after is null || key.NamedBy(after) is not { } named)
            {
                continue;
            }
            var isSame = before is not null && key.NamedBy(before) is { } old && key.Key.Entries.Order.Compare(old, named) == 0;
            if (!isSame && !Exists(key, named, transaction))
            {
                throw Conflict(verb, key.Table == key.Referenced ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY", key.Name, database, key.Referenced, key.ReferencedColumns);
            }
        }
    }

    private static bool Exists(ForeignKey key, object?[] named, Transaction transaction)
    {
        foreach (var entry in key.Key.Entries.Equal(named))
        {
            if (TableLocks.Blocker(entry.Slot, transaction, LockMode.Shared) is { } blocker)
            {
                throw new LockConflictException(blocker);
            }
            if (entry.Slot.Latest(transaction) is { } row && key.Key.Entries.Order.Compare(key.Key.KeyOf(row), named) == 0)
            {
                return true;
            }
        }
        return false;
    }

    private static void Follow(BatchContext context, Database database, ForeignKey key, Transaction transaction, IReadOnlyList<RowChange> changes, string verb)
    {
        var order = key.Key.Entries.Order;
        foreach (var (before, after) in changes)
        {
            if (before is null)
            {
                continue;
            }
            var old = key.Key.KeyOf(before);
            var now = after is null ? null : key.Key.KeyOf(after);
            if (Array.Exists(old, part => part is null) || (now is not null && order.Compare(old, now) == 0) || Exists(key, old, transaction))
            {
                continue;
            }
            var children = Naming(key, old, transaction);
            if (children.Count > 0)
            {
                Apply(context, database, key, transaction, children, now, verb);
            }
        }
    }

    private static List<RowSlot> Naming(ForeignKey key, object?[] named, Transaction transaction)
    {
        bool Names(object?[]? row) => row is not null && key.NamedBy(row) is { } own && key.Key.Entries.Order.Compare(own, named) == 0;
        var found = new List<RowSlot>();
        foreach (var slot in key.Table.Slots())
        {
            if (!Names(slot.Latest(transaction)) && !(slot.Owner != transaction && Names(slot.Dirty)))
            {
                continue;
            }
            if (TableLocks.Blocker(slot, transaction, LockMode.Exclusive) is { } blocker)
            {
                throw new LockConflictException(blocker);
            }
            found.Add(slot);
        }
        return found;
    }

    private static void Apply(BatchContext context, Database database, ForeignKey key, Transaction transaction, List<RowSlot> children, object?[]? now, string verb)
    {
        var action = now is null ? key.OnDelete : key.OnUpdate;
        var writer = new RowWriter(database, key.Table, transaction, context.LocalNow);
        switch (action)
        {
            case DeleteUpdateAction.Cascade when now is null:
                children.ForEach(writer.Delete);
                break;
            case DeleteUpdateAction.Cascade or DeleteUpdateAction.SetNull or DeleteUpdateAction.SetDefault:
                var rows = children.ConvertAll(slot => (slot, Renamed(context, key, slot.Latest(transaction)!, action == DeleteUpdateAction.Cascade ? now : null, action)));
                writer.UpdateKeys(rows);
                break;
            default:
                throw Conflict(verb, key.Table == key.Referenced ? "SAME TABLE REFERENCE" : "REFERENCE", key.Name, database, key.Table, key.Columns);
        }
        writer.Finish(context, verb);
    }

    private static object?[] Renamed(BatchContext context, ForeignKey key, object?[] row, object?[]? now, DeleteUpdateAction action)
    {
        var renamed = (object?[])row.Clone();
        for (var i = 0; i < key.Key.Columns.Count; i++)
        {
            var position = key.PositionFor(i);
            var column = key.Table.Columns[position];
            renamed[position] = now is not null ? now[i] : action == DeleteUpdateAction.SetDefault ? column.Default?.Invoke(new Frame(context, 0, 0, null)) : null;
        }
        return renamed;
    }

    private static Sessions.SqlErrorException Conflict(string verb, string kind, string constraint, Database database, Table table, IReadOnlyList<TableColumn> columns) => Errors.Of(547, 16,
        $"The {verb} statement conflicted with the {kind} constraint \"{constraint}\". The conflict occurred in database \"{database.Name}\", table \"{table.FullName}\"{(columns.Count == 1 ? $", column '{columns[0].Name}'" : "")}.", 0);
}
