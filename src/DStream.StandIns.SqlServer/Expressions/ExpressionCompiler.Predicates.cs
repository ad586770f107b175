using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Conditions.</summary>
internal sealed partial class ExpressionCompiler
{
    public Predicate Compile(BooleanExpression node)
    {
        switch (node)
        {
            case BooleanParenthesisExpression inner:
                return Compile(inner.Expression);
            case BooleanComparisonExpression comparison:
                return Compare(comparison.ComparisonType, Compile(comparison.FirstExpression), Compile(comparison.SecondExpression));
            case BooleanBinaryExpression { BinaryExpressionType: BooleanBinaryExpressionType.And } and:
                return And(Compile(and.FirstExpression), Compile(and.SecondExpression));
            case BooleanBinaryExpression or:
                return Or(Compile(or.FirstExpression), Compile(or.SecondExpression));
            case BooleanNotExpression not:
                return Not(Compile(not.Expression));
            case BooleanIsNullExpression isNull:
                var operand = Compile(isNull.Expression).Eval;
                return isNull.IsNot
                    ? frame => operand(frame) is null ? Truth.False : Truth.True
                    : frame => operand(frame) is null ? Truth.True : Truth.False;
            case BooleanTernaryExpression between:
                return Between(between);
            case LikePredicate like:
                return Like(like);
            case InPredicate { Subquery: null } list:
                return InList(list);
            case InPredicate subquery:
                return InSubquery(subquery);
            case ExistsPredicate exists:
                var query = new QueryCompiler(Context).Compile(exists.Subquery.QueryExpression, Scope);
                return frame => query.Any(frame.Context, frame) ? Truth.True : Truth.False;
            case SubqueryComparisonPredicate quantified:
                return Quantified(quantified);
            default:
                throw Errors.Unsupported($"condition {node.GetType().Name}");
        }
    }

    public static Predicate And(Predicate left, Predicate right) => frame =>
    {
        var first = left(frame);
        if (first == Truth.False)
        {
            return Truth.False;
        }
        var second = right(frame);
        return second == Truth.False ? Truth.False : first == Truth.True ? second : Truth.Unknown;
    };

    public static Predicate Or(Predicate left, Predicate right) => frame =>
    {
        var first = left(frame);
        if (first == Truth.True)
        {
            return Truth.True;
        }
        var second = right(frame);
        return second == Truth.True ? Truth.True : first == Truth.False ? second : Truth.Unknown;
    };

    public static Predicate Not(Predicate inner) => frame => inner(frame) switch
    {
        Truth.True => Truth.False,
        Truth.False => Truth.True,
        _ => Truth.Unknown,
    };

    public static Predicate Compare(BooleanComparisonType op, Expr left, Expr right)
    {
        var (l, r, order) = Comparable(left, right);
        return op switch
        {
            BooleanComparisonType.Equals => frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) == 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.NotEqualToBrackets or BooleanComparisonType.NotEqualToExclamation =>
                frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) != 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.GreaterThan =>
                frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) > 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.LessThan =>
                frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) < 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.GreaterThanOrEqualTo or BooleanComparisonType.NotLessThan =>
                frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) >= 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.LessThanOrEqualTo or BooleanComparisonType.NotGreaterThan =>
                frame => l(frame) is { } a && r(frame) is { } b ? order(a, b) <= 0 ? Truth.True : Truth.False : Truth.Unknown,
            BooleanComparisonType.IsDistinctFrom => frame => Same(l(frame), r(frame), order) ? Truth.False : Truth.True,
            BooleanComparisonType.IsNotDistinctFrom => frame => Same(l(frame), r(frame), order) ? Truth.True : Truth.False,
            _ => throw Errors.Unsupported($"comparison {op}"),
        };
    }

    /// <summary>Both sides in the type in which they meet, and its order. Lengths never matter, so those convert nothing.</summary>
    public static (Scalar Left, Scalar Right, Comparison<object> Order) Comparable(Expr left, Expr right)
    {
        var common = CommonType([left, right]);
        if (common.Kind is SqlKind.Text or SqlKind.NText or SqlKind.Image or SqlKind.Xml or SqlKind.Json or SqlKind.Geometry or SqlKind.Geography)
        {
            throw Errors.Of(402, 16, $"The data types {TypeNames.Name(left.Type.Kind)} and {TypeNames.Name(right.Type.Kind)} are incompatible in the equal to operator.");
        }
        Scalar Side(Expr side) =>
            side.Type.Kind == common.Kind && !SqlTypes.IsDecimal(common.Kind) || SameCarrier(side.Type.Kind, common.Kind)
                ? side.Eval
                : side.ConvertTo(SqlTypes.IsCharacter(common.Kind) ? SqlTypes.NVarChar(-1) : common).Eval;
        return (Side(left), Side(right), ValueOrder.Of(SqlTypes.IsCharacter(common.Kind) ? common with { Collation = CollationOf(left, right) } : common));
    }

    /// <summary>Whose collation a comparison takes: COLLATE before a column's, a column's before the database's.</summary>
    private static string? CollationOf(Expr left, Expr right)
    {
        var (a, b) = (left.Type.Collation, right.Type.Collation);
        if (left.IsCollated != right.IsCollated)
        {
            return left.IsCollated ? a : b;
        }
        if (a is not null && b is not null && !a.Equals(b, StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Of(468, 16, $"Cannot resolve the collation conflict between \"{a}\" and \"{b}\" in the equal to operation.", 9);
        }
        return a ?? b;
    }

    // Kinds whose values compare as they are.
    private static bool SameCarrier(SqlKind a, SqlKind b) =>
        (SqlTypes.IsCharacter(a) && SqlTypes.IsCharacter(b)) || (SqlTypes.IsBinary(a) && SqlTypes.IsBinary(b))
        || (SqlTypes.IsDecimal(a) && SqlTypes.IsDecimal(b)) || (SqlTypes.IsMoney(a) && SqlTypes.IsMoney(b))
        || (a is SqlKind.DateTime or SqlKind.DateTime2 or SqlKind.SmallDateTime && b is SqlKind.DateTime or SqlKind.DateTime2 or SqlKind.SmallDateTime);

    private static bool Same(object? a, object? b, Comparison<object> order) => a is null ? b is null : b is not null && order(a, b) == 0;

    private Predicate Between(BooleanTernaryExpression node)
    {
        var value = Compile(node.FirstExpression);
        var inside = And(
            Compare(BooleanComparisonType.GreaterThanOrEqualTo, value, Compile(node.SecondExpression)),
            Compare(BooleanComparisonType.LessThanOrEqualTo, value, Compile(node.ThirdExpression)));
        return node.TernaryExpressionType == BooleanTernaryExpressionType.Between ? inside : Not(inside);
    }

    private Predicate InList(InPredicate node)
    {
        var value = Compile(node.Expression);
        var any = node.Values.Select(item => Compare(BooleanComparisonType.Equals, value, Compile(item))).Aggregate(Or);
        return node.NotDefined ? Not(any) : any;
    }

    private Predicate InSubquery(InPredicate node)
    {
        var value = Compile(node.Expression);
        var any = Any(value, BooleanComparisonType.Equals, node.Subquery);
        return node.NotDefined ? Not(any) : any;
    }

    private Predicate Quantified(SubqueryComparisonPredicate node)
    {
        var value = Compile(node.Expression);
        if (node.SubqueryComparisonPredicateType == SubqueryComparisonPredicateType.Any)
        {
            return Any(value, node.ComparisonType, node.Subquery);
        }
        // v op ALL (q) is NOT (v opposite ANY (q)), in three-valued logic too.
        return Not(Any(value, Opposite(node.ComparisonType), node.Subquery));
    }

    private static BooleanComparisonType Opposite(BooleanComparisonType op) => op switch
    {
        BooleanComparisonType.Equals => BooleanComparisonType.NotEqualToBrackets,
        BooleanComparisonType.NotEqualToBrackets or BooleanComparisonType.NotEqualToExclamation => BooleanComparisonType.Equals,
        BooleanComparisonType.GreaterThan => BooleanComparisonType.LessThanOrEqualTo,
        BooleanComparisonType.LessThan => BooleanComparisonType.GreaterThanOrEqualTo,
        BooleanComparisonType.GreaterThanOrEqualTo or BooleanComparisonType.NotLessThan => BooleanComparisonType.LessThan,
        _ => BooleanComparisonType.GreaterThan,
    };

    private Predicate Any(Expr value, BooleanComparisonType op, ScalarSubquery subquery)
    {
        var query = new QueryCompiler(Context).Compile(subquery.QueryExpression, Scope);
        var row = new Scope(Scope);
        var source = row.Add(null, null, [new SourceColumn("", query.Columns[0].Type)]);
        // The value is compiled in the query's own scope; inside the comparison's frame it is one frame further out.
        var outer = new Expr(value.Type, frame => value.Eval(frame.Outer!));
        var test = Compare(op, outer, Reference(0, source, 0));
        return frame =>
        {
            var result = Truth.False;
            var inner = new Frame(frame.Context, 1, 0, frame);
            foreach (var candidate in query.Run(frame.Context, frame))
            {
                inner.Rows[0] = candidate;
                var truth = test(inner);
                if (truth == Truth.True)
                {
                    return Truth.True;
                }
                result = truth == Truth.Unknown ? Truth.Unknown : result;
            }
            return result;
        };
    }

    private Predicate Like(LikePredicate node)
    {
        var (first, second) = (Compile(node.FirstExpression), Compile(node.SecondExpression));
        var isCaseSensitive = Collation.IsCaseSensitive(CollationOf(first, second));
        var (text, pattern) = (first.ConvertTo(SqlTypes.NVarChar(-1)).Eval, second.ConvertTo(SqlTypes.NVarChar(-1)).Eval);
        var escape = node.EscapeExpression is null ? null : Compile(node.EscapeExpression).Eval;
        Predicate like = frame => text(frame) is string t && pattern(frame) is string p
            ? LikePattern.Matches(t, p, escape?.Invoke(frame) is string { Length: 1 } e ? e[0] : null, isCaseSensitive) ? Truth.True : Truth.False
            : Truth.Unknown;
        return node.NotDefined ? Not(like) : like;
    }
}
