using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A column of a stored table. Its identity survives changes of the table's layout, which is how captures follow it.</summary>
internal sealed class TableColumn(string name, int id, SqlType type, bool nullable)
{
    public string Name { get; } = name;

    /// <summary>sys.columns.column_id: never used twice in a table.</summary>
    public int Id { get; } = id;

    public SqlType Type { get; } = type;

    public bool IsNullable { get; } = nullable;

    public bool IsIdentity { get; init; }

    /// <summary>A computed column's expression over a row of its table, evaluated when the row is written.</summary>
    public Scalar? Computed { get; set; }

    /// <summary>The computed column's expression, compiled again when the layout of its table changes.</summary>
    public ScalarExpression? ComputedNode { get; init; }

    public string? ComputedText { get; init; }

    /// <summary>The default, without references to columns.</summary>
    public Scalar? Default { get; init; }

    public string? DefaultName { get; init; }

    public string? DefaultText { get; init; }
}
