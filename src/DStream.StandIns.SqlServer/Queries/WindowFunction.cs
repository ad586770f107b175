using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>One function with OVER: its partition and order, and its value at each row of a partition.</summary>
internal sealed record WindowFunction(SortKey[] Partition, SortKey[] Order, SqlType Type, bool IsNullable, Func<WindowPartition, int, object?> Value)
{
    public static WindowFunction Compile(ExpressionCompiler compiler, FunctionCall call, SortKey[] partition, SortKey[] order)
    {
        var name = call.FunctionName.Value.ToUpperInvariant();
        var bounds = WindowFrame.Compile(compiler, call.OverClause.WindowFrameClause, order.Length > 0);
        if (call.IgnoreRespectNulls.Count > 0 && !string.Equals(call.IgnoreRespectNulls[0].Value, "RESPECT", StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Unsupported("IGNORE NULLS");
        }
        if (order.Length == 0 && !Aggregates.IsAggregate(name))
        {
            throw Errors.Of(4112, 15, $"The function '{name}' must have an OVER clause with ORDER BY.");
        }
        WindowFunction Of(SqlType type, Func<WindowPartition, int, object?> value, bool nullable = false) => new(partition, order, type, nullable, value);
        switch (name)
        {
            case "ROW_NUMBER":
                return Of(SqlTypes.BigInt, static (_, i) => i + 1L);
            case "RANK":
                return Of(SqlTypes.BigInt, static (p, i) => p.FirstPeer(i) + 1L);
            case "DENSE_RANK":
                return Of(SqlTypes.BigInt, static (p, i) => p.DenseRank(i));
            case "PERCENT_RANK":
                return Of(SqlTypes.Float, static (p, i) => p.Count == 1 ? 0.0 : (double)p.FirstPeer(i) / (p.Count - 1));
            case "CUME_DIST":
                return Of(SqlTypes.Float, static (p, i) => (p.LastPeer(i) + 1.0) / p.Count);
            case "NTILE":
                var tiles = compiler.Compile(call.Parameters[0]).ConvertTo(SqlTypes.BigInt).Eval;
                return Of(SqlTypes.BigInt, (p, i) => Tile(p.Count, (long)p.At(i, tiles)!, i));
            case "LAG" or "LEAD":
                return Offset(compiler, call, name == "LAG" ? -1 : 1, Of);
            case "FIRST_VALUE" or "LAST_VALUE":
                var value = compiler.Compile(call.Parameters[0]);
                return Of(value.Type, (p, i) => bounds(p, i) is var (from, to) && from <= to ? p.At(name == "FIRST_VALUE" ? from : to, value.Eval) : null, true);
            case var _ when Aggregates.IsAggregate(name):
                var aggregate = Aggregates.Compile(compiler, call);
                return Of(aggregate.Type, (p, i) => bounds(p, i) is var (from, to) ? p.Aggregate(aggregate, from, to) : null, aggregate.IsNullable);
            default:
                throw Errors.NoFunction(name);
        }
    }

    private static WindowFunction Offset(
        ExpressionCompiler compiler, FunctionCall call, int direction, Func<SqlType, Func<WindowPartition, int, object?>, bool, WindowFunction> make)
    {
        var value = compiler.Compile(call.Parameters[0]);
        var offset = call.Parameters.Count > 1 ? compiler.Compile(call.Parameters[1]).ConvertTo(SqlTypes.BigInt).Eval : static _ => 1L;
        var otherwise = call.Parameters.Count > 2 ? compiler.Compile(call.Parameters[2]).ConvertTo(value.Type).Eval : static _ => null;
        return make(value.Type, (p, i) =>
        {
            var place = i + (direction * (long)(p.At(i, offset) ?? 0L));
            return place >= 0 && place < p.Count ? p.At((int)place, value.Eval) : p.At(i, otherwise);
        }, true);
    }

    // The first groups take one row more where the rows do not divide evenly.
    private static long Tile(long count, long tiles, int index)
    {
        if (tiles <= 0)
        {
            throw Errors.Of(4116, 16, "The function 'ntile' takes only a positive int or bigint expression as its input.");
        }
        var (size, larger) = (count / tiles, count % tiles);
        return index < larger * (size + 1) ? (index / (size + 1)) + 1 : ((index - larger) / Math.Max(1, size)) + 1;
    }
}
