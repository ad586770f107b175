using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A stored table: its layout, its indexes and who writes to it. All of it is guarded by the engine's gate.</summary>
internal sealed class Table
{
    private long _lastSlot;

    public Table(string schema, string name, int objectId, IReadOnlyList<TableColumn> columns, TableIndex? clustered, DateTime created)
    {
        Schema = schema;
        Name = name;
        ObjectId = objectId;
        Columns = columns;
        Created = created;
        Indexes.Add(clustered ?? new TableIndex(null, [], isUnique: true, isPrimaryKey: false, isConstraint: false));
        Locate();
    }

    public string Schema { get; set; }

    public string Name { get; set; }

    public int ObjectId { get; }

    public DateTime Created { get; }

    public string FullName => $"{Schema}.{Name}";

    public IReadOnlyList<TableColumn> Columns { get; private set; }

    /// <summary>The clustered index first.</summary>
    public List<TableIndex> Indexes { get; } = [];

    public TableIndex Clustered => Indexes[0];

    public TableIndex? PrimaryKey => Indexes.Find(index => index.IsPrimaryKey);

    /// <summary>The transaction that holds the whole table (TABLOCKX, HOLDLOCK with UPDLOCK, DDL), if one does.</summary>
    public Transaction? Owner { get; set; }

    /// <summary>Transactions with rows of this table locked, and how many.</summary>
    public Dictionary<Transaction, int> Writers { get; } = [];

    /// <summary>Transactions with rows or ranges of this table held shared.</summary>
    public HashSet<Transaction> Readers { get; } = [];

    /// <summary>Transactions that hold the whole table shared (TABLOCK).</summary>
    public HashSet<Transaction> Sharers { get; } = [];

    /// <summary>The ranges of keys that SERIALIZABLE readers hold.</summary>
    public List<RangeLock> Ranges { get; } = [];

    /// <summary>Whether another transaction holds any of it in a way that a reader may have to wait for.</summary>
    public bool IsWrittenByAnother(Transaction? reader)
    {
        if (Owner is not null && Owner != reader)
        {
            return true;
        }
        return Writers.Count > 1 || (Writers.Count == 1 && (reader is null || !Writers.ContainsKey(reader)));
    }

    public List<CheckConstraint> Checks { get; } = [];

    /// <summary>The foreign keys of this table, and those of others (or its own) that name its rows.</summary>
    public List<ForeignKey> ForeignKeys { get; } = [];

    public List<ForeignKey> ReferencedBy { get; } = [];

    public long NextIdentity { get; set; }

    public long IdentitySeed { get; init; } = 1;

    public long IdentityIncrement { get; init; } = 1;

    /// <summary>The rows that are committed.</summary>
    public long RowCount => Slots().LongCount(slot => slot.Committed?.Values is not null);

    public int LastColumnId { get; set; }

    public int Position(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i].Name, column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }
        return -1;
    }

    public long NextSlotId() => ++_lastSlot;

    /// <summary>Adds an index and fills it from the rows that are there.</summary>
    public void AddIndex(TableIndex index)
    {
        Indexes.Add(index);
        Locate();
        index.Entries.Clear();
        foreach (var slot in Slots())
        {
            var key = index.EntryKeyOf(slot.Committed?.Values);
            if (key is not null)
            {
                index.Entries.Add(new IndexEntry(key, slot));
            }
            if (index.EntryKeyOf(slot.HasPending ? slot.Pending : null) is { } own && (key is null || index.Entries.Order.Compare(key, own) != 0))
            {
                index.Entries.Add(new IndexEntry(own, slot));
            }
        }
    }

    /// <summary>Changes the layout, rewriting each row; the caller holds the table alone.</summary>
    public void Rebuild(IReadOnlyList<TableColumn> columns, Func<object?[], object?[]> rewrite)
    {
        foreach (var slot in Slots())
        {
            if (slot.Committed is { Values: { } row } version)
            {
                slot.Committed = new RowVersion(rewrite(row), version.Sequence);
            }
            if (slot.Pending is { } pending)
            {
                slot.Pending = rewrite(pending);
            }
        }
        Columns = columns;
        Locate();
    }

    public TableContents Save() => new(
        Schema, Name, [.. Columns.Select(c => (c, c.Name, c.Type, c.IsNullable))], [.. Indexes], [.. Checks], [.. ForeignKeys], [.. ReferencedBy],
        [.. Slots().Select(slot => slot.Committed?.Values).OfType<object?[]>()], NextIdentity, LastColumnId);

    /// <summary>Takes the table back to what it was, as one commit. Who reads the rows that are there now goes on with them.</summary>
    public void Load(TableContents contents, long sequence)
    {
        (Schema, Name, NextIdentity, LastColumnId) = (contents.Schema, contents.Name, contents.NextIdentity, contents.LastColumnId);
        foreach (var (column, name, type, isNullable) in contents.Columns)
        {
            column.Name = name;
            column.Change(type, isNullable);
        }
        Columns = [.. contents.Columns.Select(c => c.Column)];
        Refill(Checks, contents.Checks);
        Refill(ForeignKeys, contents.ForeignKeys);
        Refill(ReferencedBy, contents.ReferencedBy);
        Indexes.Clear();
        Indexes.AddRange(contents.Indexes.Select(index => index.Empty()));
        Locate();
        foreach (var row in contents.Rows)
        {
            var id = NextSlotId();
            var slot = new RowSlot(Clustered.IsHeap ? [id] : Clustered.KeyOf(row), id) { Committed = new RowVersion(row, sequence) };
            Clustered.Entries.Add(new IndexEntry(slot.Key, slot));
            foreach (var index in Indexes.Skip(1))
            {
                if (index.EntryKeyOf(row) is { } key)
                {
                    index.Entries.Add(new IndexEntry(key, slot));
                }
            }
        }
    }

    private static void Refill<T>(List<T> list, IReadOnlyList<T> items)
    {
        list.Clear();
        list.AddRange(items);
    }

    public IEnumerable<RowSlot> Slots()
    {
        var (chunk, index) = (0, 0);
        while (Clustered.Entries.Next(ref chunk, ref index) is { } entry)
        {
            yield return entry.Slot;
        }
    }

    private void Locate()
    {
        foreach (var index in Indexes)
        {
            index.Positions = index.Columns.Select(column => Columns.ToList().IndexOf(column)).ToArray();
        }
    }
}
