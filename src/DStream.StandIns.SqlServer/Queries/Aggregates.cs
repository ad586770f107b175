using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>An aggregate of a group: its result type and its running value.</summary>
internal sealed record Aggregate(SqlType Type, Func<AggregateState> Start, bool IsNullable);

/// <summary>The running value of one aggregate over one group.</summary>
internal abstract class AggregateState
{
    public abstract void Add(Frame frame);

    public abstract object? Result { get; }
}

internal static class Aggregates
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG", "STRING_AGG",
        "STDEV", "STDEVP", "VAR", "VARP", "CHECKSUM_AGG", "APPROX_COUNT_DISTINCT",
    };

    public static bool IsAggregate(string name) => Names.Contains(name);

    public static Aggregate Compile(ExpressionCompiler compiler, FunctionCall call)
    {
        var name = call.FunctionName.Value.ToUpperInvariant();
        var isStar = call.Parameters is [ColumnReferenceExpression { ColumnType: ColumnType.Wildcard }];
        var distinct = call.UniqueRowFilter == UniqueRowFilter.Distinct;
        if (name == "APPROX_COUNT_DISTINCT")
        {
            (name, distinct) = ("COUNT_BIG", true);
        }
        if (name is "COUNT" or "COUNT_BIG")
        {
            var counted = isStar ? null : compiler.Compile(call.Parameters[0]);
            var countType = name == "COUNT" ? SqlTypes.Int : SqlTypes.BigInt;
            return new Aggregate(countType, () => new Fold(counted?.Eval, Filter(distinct, counted), 0L, static (sum, _) => (long)sum! + 1,
                sum => countType.Kind == SqlKind.Int ? (int)(long)sum! : sum), false);
        }
        var value = compiler.Compile(call.Parameters[0]);
        switch (name)
        {
            case "MIN" or "MAX":
                var order = ValueOrder.Of(value.Type);
                var sign = name == "MIN" ? -1 : 1;
                return new Aggregate(value.Type, () => new Fold(value.Eval, null, null, (best, v) => best is null || order(v, best) * sign > 0 ? v : best, static r => r), true);
            case "STRING_AGG":
                var text = value.ConvertTo(SqlTypes.NVarChar(-1));
                var separator = compiler.Compile(call.Parameters[1]).ConvertTo(SqlTypes.NVarChar(-1)).Eval;
                var sort = (call.WithinGroupClause?.OrderByClause.OrderByElements ?? []).Select(e => new SortKey(compiler.Compile(e.Expression), e.SortOrder == SortOrder.Descending)).ToArray();
                var joined = SqlTypes.IsNational(value.Type.Kind) ? SqlTypes.NVarChar(value.Type.MaxLength == -1 ? -1 : 4000) : SqlTypes.VarChar(value.Type.MaxLength == -1 ? -1 : 8000);
                return new Aggregate(joined, () => new Join(text.Eval, separator, sort), true);
            case "STDEV" or "STDEVP" or "VAR" or "VARP":
                var number = value.ConvertTo(SqlTypes.Float).Eval;
                return new Aggregate(SqlTypes.Float, () => new Deviation(number, name), true);
            case "CHECKSUM_AGG":
                return new Aggregate(SqlTypes.Int, () => new Fold(value.ConvertTo(SqlTypes.Int).Eval, Filter(distinct, value), null, static (sum, v) => (sum as int? ?? 0) ^ (int)v, static sum => sum), true);
            default:
                return SumOrAverage(value, name == "AVG", distinct);
        }
    }

    private static Aggregate SumOrAverage(Expr value, bool average, bool distinct)
    {
        var result = value.Type.Kind switch
        {
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int => SqlTypes.Int,
            SqlKind.BigInt => SqlTypes.BigInt,
            SqlKind.Decimal or SqlKind.Numeric => SqlTypes.Decimal(38, average ? Math.Max((int)value.Type.Scale, 6) : value.Type.Scale),
            SqlKind.Money or SqlKind.SmallMoney => SqlTypes.Money,
            SqlKind.Real or SqlKind.Float => SqlTypes.Float,
            _ => throw Errors.Of(8117, 16, $"Operand data type {TypeNames.Name(value.Type.Kind)} is invalid for {(average ? "avg" : "sum")} operator."),
        };
        var wide = SqlTypes.IsInteger(result.Kind) ? SqlTypes.BigInt : SqlTypes.IsDecimal(result.Kind) ? SqlTypes.Decimal(38, value.Type.Scale) : result;
        var converted = value.ConvertTo(wide);
        var add = Arithmetic.Plan(BinaryExpressionType.Add, wide, wide).Apply;
        var divide = Arithmetic.Plan(BinaryExpressionType.Divide, wide, SqlTypes.IsApproximate(wide.Kind) ? SqlTypes.Float : SqlTypes.IsMoney(wide.Kind) ? SqlTypes.Money : SqlTypes.BigInt);
        return new Aggregate(result, () => new Fold(converted.Eval, Filter(distinct, converted), null, (sum, v) => sum is null ? v : add(sum, v), sum => sum)
        {
            Finish = (sum, count) => sum is null ? null
                : !average ? Conversion.To(sum, wide, result)
                : Conversion.To(divide.Apply(sum, Conversion.To(count, SqlTypes.BigInt, divide.Right)!), divide.Result, result),
        }, true);
    }

    private static HashSet<object>? Filter(bool distinct, Expr? value)
    {
        if (!distinct || value is null)
        {
            return null;
        }
        var order = ValueOrder.Of(value.Type);
        return new HashSet<object>(EqualityComparer<object>.Create((a, b) => order(a!, b!) == 0, a => ValueOrder.HashOf(a)));
    }

    private sealed class Fold(Scalar? value, HashSet<object>? seen, object? start, Func<object?, object, object?> step, Func<object?, object?> finish) : AggregateState
    {
        private object? _state = start;
        private long _count;

        public Func<object?, long, object?>? Finish { get; init; }

        public override object? Result => Finish is null ? finish(_state) : Finish(_state, _count);

        public override void Add(Frame frame)
        {
            var current = value is null ? true : value(frame);
            if (current is not null && (seen is null || seen.Add(current)))
            {
                _state = step(_state, current);
                _count++;
            }
        }
    }

    private sealed class Join(Scalar value, Scalar separator, SortKey[] sort) : AggregateState
    {
        private readonly Sorter _sorter = new(sort);
        private readonly List<(object?[] Keys, string Text)> _parts = [];
        private string _separator = "";

        public override object? Result => _parts.Count == 0 ? null
            : string.Join(_separator, (sort.Length == 0 ? _parts.AsEnumerable() : _parts.OrderBy(p => p.Keys, _sorter)).Select(p => p.Text));

        public override void Add(Frame frame)
        {
            if (value(frame) is string text)
            {
                _separator = (string?)separator(frame) ?? "";
                _parts.Add((_sorter.KeysOf(frame), text));
            }
        }
    }

    /// <summary>Standard deviation and variance by Welford's recurrence.</summary>
    private sealed class Deviation(Scalar value, string name) : AggregateState
    {
        private long _count;
        private double _mean;
        private double _squares;

        public override object? Result
        {
            get
            {
                var degrees = name.EndsWith('P') ? _count : _count - 1;
                if (degrees <= 0)
                {
                    return null;
                }
                var variance = _squares / degrees;
                return name.StartsWith("VAR", StringComparison.Ordinal) ? variance : Math.Sqrt(variance);
            }
        }

        public override void Add(Frame frame)
        {
            if (value(frame) is double number)
            {
                _count++;
                var delta = number - _mean;
                _mean += delta / _count;
                _squares += delta * (number - _mean);
            }
        }
    }
}
