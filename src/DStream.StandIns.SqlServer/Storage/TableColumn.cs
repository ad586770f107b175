using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A column of a stored table. Its identity survives changes of the table's layout, which is how captures follow it.</summary>
internal sealed class TableColumn(string name, int id, SqlType type, bool nullable)
{
    public string Name { get; set; } = name;

    /// <summary>sys.columns.column_id: never used twice in a table.</summary>
    public int Id { get; } = id;

    public SqlType Type { get; private set; } = type;

    public bool IsNullable { get; private set; } = nullable;

    public bool IsIdentity { get; init; }

    /// <summary>ALTER COLUMN; the table converts its rows.</summary>
    public void Change(SqlType type, bool nullable) => (Type, IsNullable) = (type, nullable);

    /// <summary>A computed column's expression over a row of its table, evaluated when the row is written.</summary>
    public Scalar? Computed { get; set; }

    /// <summary>The computed column's expression, compiled again when the layout of its table changes.</summary>
    public ScalarExpression? ComputedNode { get; init; }

    public string? ComputedText { get; init; }

    /// <summary>The default, without references to columns.</summary>
    public Scalar? Default { get; set; }

    public string? DefaultName { get; set; }

    public string? DefaultText { get; set; }

    /// <summary>A computed column that is declared PERSISTED; here all of them are.</summary>
    public bool IsPersisted { get; init; }
}
