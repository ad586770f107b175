using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A FOREIGN KEY: columns of a table that name a row of another by one of its keys.</summary>
internal sealed class ForeignKey(string name, int objectId, Table table, TableColumn[] columns, Table referenced, TableIndex key, TableColumn[] referencedColumns)
{
    public string Name { get; set; } = name;

    public int ObjectId { get; } = objectId;

    public Table Table { get; } = table;

    public IReadOnlyList<TableColumn> Columns { get; } = columns;

    public Table Referenced { get; } = referenced;

    /// <summary>The primary key or unique index that the columns name.</summary>
    public TableIndex Key { get; } = key;

    /// <summary>The columns named, in the order of <see cref="Columns"/>.</summary>
    public IReadOnlyList<TableColumn> ReferencedColumns { get; } = referencedColumns;

    public DeleteUpdateAction OnDelete { get; init; } = DeleteUpdateAction.NoAction;

    public DeleteUpdateAction OnUpdate { get; init; } = DeleteUpdateAction.NoAction;

    /// <summary>ALTER TABLE ... NOCHECK CONSTRAINT.</summary>
    public bool IsDisabled { get; set; }

    /// <summary>What a row of the table names, in the order of the key's columns; null where a part of it is NULL.</summary>
    public object?[]? NamedBy(object?[] row)
    {
        var named = new object?[Columns.Count];
        for (var i = 0; i < named.Length; i++)
        {
            var place = IndexOf(ReferencedColumns, Key.Columns[i]);
            if ((named[i] = row[PositionOf(Table, Columns[place])]) is null)
            {
                return null;
            }
        }
        return named;
    }

    /// <summary>Where the table's column stands that names a key column.</summary>
    public int PositionFor(int keyColumn) => PositionOf(Table, Columns[IndexOf(ReferencedColumns, Key.Columns[keyColumn])]);

    private static int PositionOf(Table table, TableColumn column) => IndexOf(table.Columns, column);

    private static int IndexOf(IReadOnlyList<TableColumn> columns, TableColumn column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == column)
            {
                return i;
            }
        }
        return -1;
    }
}
