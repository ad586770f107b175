using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Chooses how each source is read: by which of its orders, and from where to where.</summary>
internal sealed class SeekPlanner(ExpressionCompiler compiler)
{
    /// <summary>A condition of the form column op value, the value independent of the column's source.</summary>
    internal sealed record Condition(int Source, int Column, BooleanComparisonType Op, Expr ColumnExpr, Expr Value, ulong ValueSources);

    /// <summary>The parts of a condition that all must hold.</summary>
    public static IEnumerable<BooleanExpression> Conjuncts(BooleanExpression? node) => node switch
    {
        null => [],
        BooleanParenthesisExpression inner => Conjuncts(inner.Expression),
        BooleanBinaryExpression { BinaryExpressionType: BooleanBinaryExpressionType.And } and =>
            Conjuncts(and.FirstExpression).Concat(Conjuncts(and.SecondExpression)),
        _ => [node],
    };

    public IEnumerable<Condition> Conditions(IEnumerable<BooleanExpression> conjuncts)
    {
        foreach (var node in conjuncts)
        {
            switch (node)
            {
                case BooleanComparisonExpression comparison:
                    foreach (var condition in Both(comparison.FirstExpression, comparison.ComparisonType, comparison.SecondExpression))
                    {
                        yield return condition;
                    }
                    break;
                case BooleanTernaryExpression { TernaryExpressionType: BooleanTernaryExpressionType.Between } between:
                    foreach (var condition in Both(between.FirstExpression, BooleanComparisonType.GreaterThanOrEqualTo, between.SecondExpression)
                        .Concat(Both(between.FirstExpression, BooleanComparisonType.LessThanOrEqualTo, between.ThirdExpression)))
                    {
                        yield return condition;
                    }
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Compiles an expression and tells which sources of this scope it needs.</summary>
    public (T Compiled, ulong Sources) Track<T>(Func<T> compile)
    {
        var before = compiler.Scope.Touched;
        compiler.Scope.Touched = 0;
        var compiled = compile();
        var sources = compiler.Scope.Touched;
        compiler.Scope.Touched |= before;
        return (compiled, sources);
    }

    /// <summary>Gives a source the best range that conditions over the sources already read allow.</summary>
    public static void Plan(SourceNode node, IReadOnlyList<Condition> conditions, ulong available)
    {
        var usable = conditions
            .Where(c => c.Source == node.ScopeSource.Ordinal && (c.ValueSources & ~available) == 0 && IsSeekable(c))
            .ToArray();
        var best = 0;
        foreach (var path in node.Source.Paths)
        {
            var (plan, score) = Build(path, usable);
            if (score > best)
            {
                best = score;
                (node.Path, node.Seek) = (path, plan);
            }
        }
    }

    private static (SeekPlan Plan, int Score) Build(AccessPath path, Condition[] usable)
    {
        var prefix = new List<SeekValue>();
        foreach (var column in path.Columns)
        {
            if (Array.Find(usable, c => c.Column == column && c.Op == BooleanComparisonType.Equals) is not { } equal)
            {
                break;
            }
            prefix.Add(new SeekValue(equal.Value, equal.ColumnExpr.Type));
        }
        if (prefix.Count == path.Columns.Length)
        {
            return (new SeekPlan(prefix, [], []), (prefix.Count * 2) + (path.IsUnique ? 1 : 0));
        }
        var next = path.Columns[prefix.Count];
        (SeekValue, bool)[] Bounds(BooleanComparisonType exclusive, BooleanComparisonType inclusive) => usable
            .Where(c => c.Column == next && (c.Op == exclusive || c.Op == inclusive))
            .Select(c => (new SeekValue(c.Value, c.ColumnExpr.Type), c.Op == inclusive)).ToArray();
        var lows = Bounds(BooleanComparisonType.GreaterThan, BooleanComparisonType.GreaterThanOrEqualTo);
        var highs = Bounds(BooleanComparisonType.LessThan, BooleanComparisonType.LessThanOrEqualTo);
        return (new SeekPlan(prefix, lows, highs), (prefix.Count * 2) + (lows.Length + highs.Length > 0 ? 1 : 0));
    }

    // The key compares by its own type: a value of another family would need a conversion of the column.
    private static bool IsSeekable(Condition condition) =>
        SqlTypes.Family(condition.ColumnExpr.Type.Kind) == SqlTypes.Family(condition.Value.Type.Kind)
        && (condition.Value.Type.Collation is null && !condition.Value.IsCollated || condition.Value.Type.Collation == condition.ColumnExpr.Type.Collation);

    private IEnumerable<Condition> Both(ScalarExpression left, BooleanComparisonType op, ScalarExpression right)
    {
        if (One(left, op, right) is { } forward)
        {
            yield return forward;
        }
        if (One(right, Mirrored(op), left) is { } backward)
        {
            yield return backward;
        }
    }

    private Condition? One(ScalarExpression columnSide, BooleanComparisonType op, ScalarExpression valueSide)
    {
        while (columnSide is ParenthesisExpression inner)
        {
            columnSide = inner.Expression;
        }
        if (columnSide is not ColumnReferenceExpression || op is not (BooleanComparisonType.Equals or BooleanComparisonType.GreaterThan
            or BooleanComparisonType.GreaterThanOrEqualTo or BooleanComparisonType.LessThan or BooleanComparisonType.LessThanOrEqualTo))
        {
            return null;
        }
        var column = compiler.Compile(columnSide);
        if (column.Column is not { } place)
        {
            return null;
        }
        var (value, sources) = Track(() => compiler.Compile(valueSide));
        return (sources & (1UL << place.Source)) != 0 ? null : new Condition(place.Source, place.Column, op, column, value, sources);
    }

    private static BooleanComparisonType Mirrored(BooleanComparisonType op) => op switch
    {
        BooleanComparisonType.GreaterThan => BooleanComparisonType.LessThan,
        BooleanComparisonType.GreaterThanOrEqualTo => BooleanComparisonType.LessThanOrEqualTo,
        BooleanComparisonType.LessThan => BooleanComparisonType.GreaterThan,
        BooleanComparisonType.LessThanOrEqualTo => BooleanComparisonType.GreaterThanOrEqualTo,
        _ => op,
    };
}
