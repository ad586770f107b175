using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>
/// Writes rows of one table in one transaction: locks, uniqueness, pending values, index entries and the log. Runs under the
/// engine's gate; throws <see cref="LockConflictException"/> where another transaction is in the way.
/// </summary>
internal sealed class RowWriter(Database database, Table table, Transaction transaction, DateTime now)
{
    private readonly bool _isTracked = database.Cdc?.IsTracked(table) ?? false;

    // What foreign keys look at when the statement has written.
    private readonly List<RowChange>? _changes = table.ForeignKeys.Count + table.ReferencedBy.Count > 0 ? [] : null;

    /// <summary>Takes the row's exclusive lock.</summary>
    public void Lock(RowSlot slot) => TableLocks.Row(table, slot, transaction, LockMode.Exclusive);

    public void ThrowIfHeldByAnother(RowSlot slot)
    {
        if (slot.Owner is { } owner && owner != transaction)
        {
            throw new LockConflictException(owner);
        }
    }

    public static void LockTable(Table table, Transaction transaction) => TableLocks.Exclusive(table, transaction);

    public void Insert(object?[] row)
    {
        Place(row);
        _changes?.Add(new RowChange(null, row));
        Log(null, row);
    }

    public void Delete(RowSlot slot)
    {
        ThrowIfChangedSince(slot);
        var before = slot.Latest(transaction);
        SetPending(slot, null);
        _changes?.Add(new RowChange(before, null));
        Log(before, null);
    }

    /// <summary>An update that changes no key of a unique index: logged as one record with both images.</summary>
    public void Update(RowSlot slot, object?[] row)
    {
        ThrowIfChangedSince(slot);
        var before = slot.Latest(transaction);
        SetPending(slot, row);
        _changes?.Add(new RowChange(before, row));
        Log(before, row);
    }

    /// <summary>
    /// An update that touches keys. All rows leave their places before any takes its new one, so that keys may swap. Rows whose
    /// key changed are logged as deletes, then inserts, each pair under one record number: the deferred update of SQL Server.
    /// </summary>
    public void UpdateKeys(IReadOnlyList<(RowSlot Slot, object?[] Row)> rows)
    {
        var pairs = new List<(object?[] Before, object?[] After, bool Deferred)>(rows.Count);
        foreach (var (slot, row) in rows)
        {
            ThrowIfChangedSince(slot);
            var before = slot.Latest(transaction)!;
            pairs.Add((before, row, ChangesKey(before, row)));
            SetPending(slot, null);
        }
        foreach (var (_, row) in rows)
        {
            Place(row);
        }
        pairs.ForEach(pair => _changes?.Add(new RowChange(pair.Before, pair.After)));
        LogDeferred(pairs);
    }

    /// <summary>Ends a statement's writes: foreign keys are checked, or followed.</summary>
    public void Finish(BatchContext context, string verb)
    {
        if (_changes is { Count: > 0 })
        {
            References.Check(context, database, table, transaction, _changes.ToArray(), verb);
            _changes.Clear();
        }
    }

    // A snapshot transaction writes over nothing that was committed after its snapshot.
    private void ThrowIfChangedSince(RowSlot slot)
    {
        if (transaction.Snapshot is { } snapshot && slot.Committed is { } newest && newest.Sequence > snapshot)
        {
            Lock(slot);
            throw Errors.SnapshotConflict(table.FullName, database.Name);
        }
    }

    private bool ChangesKey(object?[] before, object?[] after)
    {
        foreach (var index in table.Indexes)
        {
            if (index is { IsUnique: true, IsHeap: false } && index.Entries.Order.Compare(index.KeyOf(before), index.KeyOf(after)) != 0)
            {
                return true;
            }
        }
        return false;
    }

    private void Place(object?[] row)
    {
        TableLocks.ThrowIfOwned(table, transaction);
        var clustered = table.Clustered;
        var key = clustered.IsHeap ? [table.NextSlotId()] : clustered.KeyOf(row);
        if (table.Ranges.Count > 0)
        {
            TableLocks.ThrowIfInRange(table, clustered, key, transaction);
        }
        var slot = clustered.IsHeap ? null : clustered.Entries.Find(key)?.Slot;
        if (slot is not null)
        {
            ThrowIfHeldByAnother(slot);
            if (slot.Latest(transaction) is not null)
            {
                throw Duplicate(clustered, key);
            }
        }
        CheckUnique(row, slot);
        if (slot is null)
        {
            slot = new RowSlot(key, clustered.IsHeap ? (long)key[0]! : table.NextSlotId());
            clustered.Entries.Add(new IndexEntry(key, slot));
        }
        SetPending(slot, row);
    }

    private void CheckUnique(object?[] row, RowSlot? self)
    {
        for (var i = 1; i < table.Indexes.Count; i++)
        {
            var index = table.Indexes[i];
            if (!index.IsUnique || !index.Covers(row))
            {
                continue;
            }
            var key = index.KeyOf(row);
            foreach (var entry in index.Entries.Equal(key))
            {
                if (entry.Slot == self)
                {
                    continue;
                }
                ThrowIfHeldByAnother(entry.Slot);
                if (entry.Slot.Latest(transaction) is { } other && index.Covers(other) && index.Entries.Order.Compare(index.KeyOf(other), key) == 0)
                {
                    throw Duplicate(index, key);
                }
            }
        }
    }

    private void SetPending(RowSlot slot, object?[]? row)
    {
        Lock(slot);
        var before = slot.Latest(transaction);
        transaction.Undo.Add(new UndoEntry(slot, slot.HasPending, slot.Pending, null));
        slot.HasPending = true;
        slot.Pending = row;
        for (var i = 1; i < table.Indexes.Count; i++)
        {
            MoveEntry(table.Indexes[i], slot, before, row);
        }
    }

    private void MoveEntry(TableIndex index, RowSlot slot, object?[]? before, object?[]? after)
    {
        var (oldKey, newKey) = (index.EntryKeyOf(before), index.EntryKeyOf(after));
        if (oldKey is not null && newKey is not null && index.Entries.Order.Compare(oldKey, newKey) == 0)
        {
            return;
        }
        if (oldKey is not null && index.Entries.Equal(oldKey).FirstOrDefault(e => e.Slot == slot) is { } old)
        {
            transaction.Touched.Add((index, old));
        }
        if (newKey is not null && !index.Entries.Equal(newKey).Any(e => e.Slot == slot))
        {
            if (table.Ranges.Count > 0)
            {
                TableLocks.ThrowIfInRange(table, index, newKey, transaction);
            }
            var added = new IndexEntry(newKey, slot);
            index.Entries.Add(added);
            transaction.Touched.Add((index, added));
        }
    }

    private void Log(object?[]? before, object?[]? after)
    {
        var log = transaction.LogOf(database, now);
        var sequence = database.Log.Append();
        if (_isTracked)
        {
            log.Records.Add(new LogRecord(table, table.Columns, before, after, sequence, ++log.LastCommandId));
        }
    }

    private void LogDeferred(List<(object?[] Before, object?[] After, bool Deferred)> pairs)
    {
        var log = transaction.LogOf(database, now);
        var sequences = pairs.ConvertAll(_ => database.Log.Append());
        if (!_isTracked)
        {
            return;
        }
        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Deferred)
            {
                log.Records.Add(new LogRecord(table, table.Columns, pairs[i].Before, null, sequences[i], ++log.LastCommandId));
            }
        }
        for (var i = 0; i < pairs.Count; i++)
        {
            var before = pairs[i].Deferred ? null : pairs[i].Before;
            log.Records.Add(new LogRecord(table, table.Columns, before, pairs[i].After, sequences[i], ++log.LastCommandId));
        }
    }

    private Sessions.SqlErrorException Duplicate(TableIndex index, object?[] key)
    {
        var text = "(" + string.Join(", ", key.Select((value, i) => value is null ? "<NULL>" : Conversion.ToText(value, index.Columns[i].Type))) + ")";
        return index.IsConstraint
            ? Errors.DuplicateKey($"{(index.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE KEY")} constraint '{index.Name}'", table.FullName, text)
            : Errors.DuplicateIndexKey(table.FullName, index.Name!, text);
    }
}
