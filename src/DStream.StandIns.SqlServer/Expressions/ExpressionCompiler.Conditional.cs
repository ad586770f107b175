using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>CASE, IIF, COALESCE, NULLIF.</summary>
internal sealed partial class ExpressionCompiler
{
    private Expr Conditional(PrimaryExpression node)
    {
        switch (node)
        {
            case SearchedCaseExpression searched:
                return Case(searched.WhenClauses.Select(when => (Compile(when.WhenExpression), when.ThenExpression)), searched.ElseExpression);
            case SimpleCaseExpression simple:
                var input = Compile(simple.InputExpression);
                return Case(
                    simple.WhenClauses.Select(when => (Compare(BooleanComparisonType.Equals, input, Compile(when.WhenExpression)), when.ThenExpression)),
                    simple.ElseExpression);
            case IIfCall iif:
                return Case([(Compile(iif.Predicate), iif.ThenExpression)], iif.ElseExpression);
            case CoalesceExpression coalesce:
                return Coalesce(coalesce.Expressions.Select(Compile).ToArray());
            default:
                var nullIf = (NullIfExpression)node;
                var (first, second) = (Compile(nullIf.FirstExpression), Compile(nullIf.SecondExpression));
                var equal = Compare(BooleanComparisonType.Equals, first, second);
                return new Expr(first.Type, frame => equal(frame) == Truth.True ? null : first.Eval(frame));
        }
    }

    private Expr Case(IEnumerable<(Predicate When, ScalarExpression Then)> clauses, ScalarExpression? otherwise)
    {
        var branches = clauses.Select(clause => (clause.When, Then: Compile(clause.Then))).ToArray();
        var last = otherwise is null ? Expr.Constant(SqlTypes.Int, null) : Compile(otherwise);
        var type = CommonType([.. branches.Select(b => b.Then), last]);
        var results = Array.ConvertAll(branches, b => (b.When, Then: b.Then.ConvertTo(type).Eval));
        var final = last.ConvertTo(type).Eval;
        return new Expr(
            type,
            frame =>
            {
                foreach (var (when, then) in results)
                {
                    if (when(frame) == Truth.True)
                    {
                        return then(frame);
                    }
                }
                return final(frame);
            },
            last.IsNullable || branches.Any(b => b.Then.IsNullable));
    }

    private static Expr Coalesce(Expr[] choices)
    {
        var type = CommonType(choices);
        var converted = Array.ConvertAll(choices, choice => choice.ConvertTo(type).Eval);
        return new Expr(
            type,
            frame =>
            {
                foreach (var choice in converted)
                {
                    if (choice(frame) is { } value)
                    {
                        return value;
                    }
                }
                return null;
            },
            choices.All(choice => choice.IsNullable));
    }

    public static SqlType CommonType(IReadOnlyList<Expr> expressions)
    {
        SqlType? common = null;
        foreach (var expression in expressions)
        {
            if (!expression.IsNullLiteral)
            {
                common = common is null ? expression.Type : TypePrecedence.Common(common, expression.Type);
            }
        }
        return common ?? expressions[0].Type;
    }
}
