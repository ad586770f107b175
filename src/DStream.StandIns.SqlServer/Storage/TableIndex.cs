namespace DStream.StandIns.SqlServer.Storage;

/// <summary>An index of a table. The clustered one (index 0 of the table) has an entry a slot; a heap's is over a hidden row identifier.</summary>
internal sealed class TableIndex
{
    public TableIndex(string? name, IReadOnlyList<TableColumn> columns, bool isUnique, bool isPrimaryKey, bool isConstraint)
    {
        Name = name;
        Columns = columns;
        IsUnique = isUnique;
        IsPrimaryKey = isPrimaryKey;
        IsConstraint = isConstraint;
        Entries = new SortedEntries(new KeyOrder(columns.Count == 0 ? [Values.SqlTypes.BigInt] : columns.Select(c => c.Type)));
    }

    /// <summary>Null for the row identifiers of a heap.</summary>
    public string? Name { get; }

    public IReadOnlyList<TableColumn> Columns { get; }

    public bool IsUnique { get; }

    public bool IsPrimaryKey { get; }

    /// <summary>Made by a UNIQUE or PRIMARY KEY constraint: a duplicate is error 2627, not 2601.</summary>
    public bool IsConstraint { get; }

    public SortedEntries Entries { get; }

    public bool IsHeap => Columns.Count == 0;

    /// <summary>Where the key columns stand in the table's rows; set by the table when its layout changes.</summary>
    public int[] Positions { get; set; } = [];

    /// <summary>The same index without entries.</summary>
    public TableIndex Empty() => new(Name, Columns, IsUnique, IsPrimaryKey, IsConstraint);

    public object?[] KeyOf(object?[] row)
    {
        var key = new object?[Positions.Length];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = row[Positions[i]];
        }
        return key;
    }
}
