using DStream.StandIns.SqlServer.Expressions;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>An index of a table. The clustered one (index 0 of the table) has an entry a slot; a heap's is over a hidden row identifier.</summary>
internal sealed class TableIndex
{
    // Evaluates filters, which see nothing but the row.
    private readonly Frame _frame = new(null!, 1, 0, null);

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
    public string? Name { get; set; }

    public IReadOnlyList<TableColumn> Columns { get; }

    public bool IsUnique { get; }

    public bool IsPrimaryKey { get; }

    /// <summary>Made by a UNIQUE or PRIMARY KEY constraint: a duplicate is error 2627, not 2601.</summary>
    public bool IsConstraint { get; }

    /// <summary>Descending key columns, as the catalog shows them; entries are kept ascending all the same.</summary>
    public IReadOnlySet<TableColumn> Descending { get; init; } = new HashSet<TableColumn>();

    /// <summary>INCLUDE columns, as the catalog shows them: every index reaches whole rows here.</summary>
    public IReadOnlyList<TableColumn> Included { get; init; } = [];

    /// <summary>WHERE of a filtered index; rows outside have no entry.</summary>
    public BooleanExpression? FilterNode { get; init; }

    public string? FilterText { get; init; }

    /// <summary>The filter over a row of the table; compiled again when the table's layout changes.</summary>
    public Predicate? Filter { get; set; }

    /// <summary>Whether a row has an entry. Runs under the gate.</summary>
    public bool Covers(object?[] row)
    {
        if (Filter is null)
        {
            return true;
        }
        _frame.Rows[0] = row;
        return Filter(_frame) == Truth.True;
    }

    /// <summary>The key of a row's entry; null where it has none.</summary>
    public object?[]? EntryKeyOf(object?[]? row) => row is not null && Covers(row) ? KeyOf(row) : null;

    public SortedEntries Entries { get; }

    public bool IsHeap => Columns.Count == 0;

    /// <summary>Where the key columns stand in the table's rows; set by the table when its layout changes.</summary>
    public int[] Positions { get; set; } = [];

    /// <summary>The same index without entries.</summary>
    public TableIndex Empty() => new(Name, Columns, IsUnique, IsPrimaryKey, IsConstraint)
    {
        Descending = Descending, Included = Included, FilterNode = FilterNode, FilterText = FilterText, Filter = Filter,
    };

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
