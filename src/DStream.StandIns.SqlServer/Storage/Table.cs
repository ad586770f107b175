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

    public string Schema { get; }

    public string Name { get; }

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

    public long NextIdentity { get; set; }

    public long IdentitySeed { get; init; } = 1;

    public long IdentityIncrement { get; init; } = 1;

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
        foreach (var slot in Slots())
        {
            if (slot.Committed?.Values is { } row)
            {
                index.Entries.Add(new IndexEntry(index.KeyOf(row), slot));
            }
        }
    }

    /// <summary>Changes the layout, rewriting each committed row; the caller holds the table alone.</summary>
    public void Rebuild(IReadOnlyList<TableColumn> columns, Func<object?[], object?[]> rewrite)
    {
        foreach (var slot in Slots())
        {
            if (slot.Committed is { Values: { } row } version)
            {
                slot.Committed = new RowVersion(rewrite(row), version.Sequence);
            }
        }
        Columns = columns;
        Locate();
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
