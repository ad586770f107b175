using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>ROWS and RANGE: from which row to which a function looks at each row of its partition.</summary>
internal static class WindowFrame
{
    /// <summary>Without a frame: the whole partition, or with an order everything up to the row's last peer (RANGE UNBOUNDED PRECEDING).</summary>
    public static Func<WindowPartition, int, (int From, int To)> Compile(ExpressionCompiler compiler, WindowFrameClause? clause, bool isOrdered)
    {
        if (clause is null)
        {
            return isOrdered ? static (p, i) => (0, p.LastPeer(i)) : static (p, _) => (0, p.Count - 1);
        }
        if (!isOrdered)
        {
            throw Errors.Of(10756, 15, "Window frame with ROWS or RANGE must have an ORDER BY clause.");
        }
        var isRange = clause.WindowFrameType == WindowFrameType.Range;
        var top = Bound(compiler, clause.Top, isRange, isStart: true);
        var bottom = clause.Bottom is null ? Current(isRange, isStart: false) : Bound(compiler, clause.Bottom, isRange, isStart: false);
        return (p, i) => (Math.Max(0, top(p, i)), Math.Min(p.Count - 1, bottom(p, i)));
    }

    private static Func<WindowPartition, int, int> Bound(ExpressionCompiler compiler, WindowDelimiter node, bool isRange, bool isStart)
    {
        switch (node.WindowDelimiterType)
        {
            case WindowDelimiterType.UnboundedPreceding:
                return static (_, _) => 0;
            case WindowDelimiterType.UnboundedFollowing:
                return static (p, _) => p.Count - 1;
            case WindowDelimiterType.CurrentRow:
                return Current(isRange, isStart);
            case var _ when isRange:
                throw Errors.Of(4194, 16, "RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.");
            default:
                var sign = node.WindowDelimiterType == WindowDelimiterType.ValuePreceding ? -1 : 1;
                var offset = compiler.Compile(node.OffsetValue).ConvertTo(SqlTypes.Int).Eval;
                return (p, i) => i + (sign * (int)(p.At(i, offset) ?? 0));
        }
    }

    private static Func<WindowPartition, int, int> Current(bool isRange, bool isStart) => (isRange, isStart) switch
    {
        (false, _) => static (_, i) => i,
        (true, true) => static (p, i) => p.FirstPeer(i),
        _ => static (p, i) => p.LastPeer(i),
    };
}
