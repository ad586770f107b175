using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>A cursor. Each is STATIC: its rows are those that its query had when it was opened.</summary>
/// <param name="name">Its name.</param>
/// <param name="select">Its query.</param>
/// <param name="variables">The variables as they were when it was declared.</param>
/// <param name="isScrollable">SCROLL, STATIC, KEYSET or DYNAMIC: it moves both ways.</param>
internal sealed class Cursor(string name, SelectStatement select, object?[] variables, bool isScrollable)
{
    public string Name { get; } = name;

    public SelectStatement Select { get; } = select;

    public object?[] Variables { get; } = variables;

    public bool IsScrollable { get; } = isScrollable;

    /// <summary>Null while it is closed.</summary>
    public List<object?[]>? Rows { get; private set; }

    public IReadOnlyList<SqlColumn> Columns { get; private set; } = [];

    private int Position { get; set; }

    public void Open(IReadOnlyList<SqlColumn> columns, List<object?[]> rows) => (Columns, Rows, Position) = (columns, rows, -1);

    public void Close() => Rows = null;

    /// <summary>Moves, and returns the row there; null before the first and after the last.</summary>
    public object?[]? Move(FetchOrientation orientation, int offset)
    {
        var count = Rows!.Count;
        Position = Math.Clamp(orientation switch
        {
            FetchOrientation.First => 0,
            FetchOrientation.Last => count - 1,
            FetchOrientation.Prior => Position - 1,
            FetchOrientation.Absolute => offset >= 0 ? offset - 1 : count + offset,
            FetchOrientation.Relative => Position + offset,
            _ => Position + 1,
        }, -1, count);
        return Position >= 0 && Position < count ? Rows[Position] : null;
    }
}
