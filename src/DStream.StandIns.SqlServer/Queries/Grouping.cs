using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// GROUP BY: keys and aggregates become the columns of one more source, and what the select list says of them is replaced by
/// references to those columns.
/// </summary>
internal sealed class Grouping
{
    private readonly ExpressionCompiler _compiler;
    private readonly Expr[] _keys;
    private readonly string[] _keyTexts;
    private readonly List<Aggregate> _aggregates = [];
    private readonly List<SourceColumn> _columns;
    private readonly ScopeSource _source;

    public Grouping(ExpressionCompiler compiler, GroupByClause? clause)
    {
        _compiler = compiler;
        var keys = (clause?.GroupingSpecifications ?? []).Select(g => g is ExpressionGroupingSpecification expression
            ? expression.Expression
            : throw Errors.Unsupported("GROUP BY other than a list of expressions")).ToArray();
        _keys = Array.ConvertAll(keys, compiler.Compile);
        _keyTexts = Array.ConvertAll(keys, SyntaxText.Of);
        _columns = _keys.Select(key => new SourceColumn("", key.Type, key.IsNullable)).ToList();
        _source = compiler.Scope.Add(null, null, _columns);
    }

    /// <summary>What an expression of the select list is once rows are grouped; null where its parts decide.</summary>
    public Expr? Substitute(ScalarExpression node)
    {
        var outer = _compiler.Scope.Substitute;
        _compiler.Scope.Substitute = null;
        try
        {
            if (node is FunctionCall { OverClause: null, CallTarget: null } call && Aggregates.IsAggregate(call.FunctionName.Value))
            {
                var aggregate = Aggregates.Compile(_compiler, call);
                _aggregates.Add(aggregate);
                _columns.Add(new SourceColumn("", aggregate.Type, aggregate.IsNullable));
                return ExpressionCompiler.Reference(0, _source, _columns.Count - 1) with { Column = null };
            }
            var position = Array.IndexOf(_keyTexts, SyntaxText.Of(node));
            if (position < 0 && node is ColumnReferenceExpression column)
            {
                var place = _compiler.Compile(column).Column;
                position = place is null ? -1 : Array.FindIndex(_keys, key => key.Column == place);
                if (position < 0 && place is not null)
                {
                    throw Errors.Of(8120, 16, $"Column '{column.MultiPartIdentifier.Identifiers[^1].Value}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.");
                }
            }
            return position < 0 ? null : ExpressionCompiler.Reference(0, _source, position) with { Column = null };
        }
        finally
        {
            _compiler.Scope.Substitute = outer;
        }
    }

    public IEnumerable<bool> Run(Frame frame, IEnumerable<bool> rows)
    {
        var groups = new Dictionary<object?[], AggregateState[]>(new RowEquality(_keys.Select(key => key.Type)));
        if (_keys.Length == 0)
        {
            groups.Add([], Start());
        }
        foreach (var _ in rows)
        {
            var key = Array.ConvertAll(_keys, k => k.Eval(frame));
            if (!groups.TryGetValue(key, out var states))
            {
                groups[key] = states = Start();
            }
            foreach (var state in states)
            {
                state.Add(frame);
            }
        }
        foreach (var (key, states) in groups)
        {
            frame.Rows[_source.Ordinal] = [.. key, .. states.Select(s => s.Result)];
            yield return true;
        }
    }

    private AggregateState[] Start() => _aggregates.Select(aggregate => aggregate.Start()).ToArray();
}
