using DStream.StandIns.SqlServer.Expressions;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A CHECK constraint: a condition that no row of its table may make false.</summary>
internal sealed class CheckConstraint(string name, int objectId, BooleanExpression node, string text, string? column)
{
    public string Name { get; set; } = name;

    public int ObjectId { get; } = objectId;

    public BooleanExpression Node { get; } = node;

    public string Text { get; } = text;

    /// <summary>The column that it was declared with; null for a constraint of the table.</summary>
    public string? Column { get; } = column;

    public bool IsDisabled { get; set; }

    /// <summary>Over a row of the table; compiled again when the table's layout changes.</summary>
    public Predicate Holds { get; set; } = static _ => Truth.True;
}
