using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// GROUP BY: keys and aggregates become the columns of one more source, and what the select list says of them is replaced by
/// references to those columns. The column after the keys holds the mask of the set that a group belongs to.
/// </summary>
internal sealed class Grouping
{
    private readonly ExpressionCompiler _compiler;
    private readonly Expr[] _keys;
    private readonly string[] _keyTexts;
    private readonly IReadOnlyList<ulong> _sets;
    private readonly List<Aggregate> _aggregates = [];
    private readonly List<SourceColumn> _columns;
    private readonly ScopeSource _source;

    public Grouping(ExpressionCompiler compiler, GroupByClause? clause)
    {
        _compiler = compiler;
        var (keys, sets) = GroupingSets.Of(clause);
        _sets = sets;
        _keys = keys.Select(compiler.Compile).ToArray();
        _keyTexts = keys.Select(SyntaxText.Of).ToArray();
        _columns = [.. _keys.Select(key => new SourceColumn("", key.Type, key.IsNullable || sets.Count > 1)), new SourceColumn("", SqlTypes.BigInt, false)];
        _source = compiler.Scope.Add(null, null, _columns);
    }

    /// <summary>What an expression of the select list is once rows are grouped; null where its parts decide.</summary>
    public Expr? Substitute(ScalarExpression node)
    {
        var outer = _compiler.Scope.Substitute;
        _compiler.Scope.Substitute = null;
        try
        {
            if (node is FunctionCall { OverClause: null, CallTarget: null } call)
            {
                if (Aggregates.IsAggregate(call.FunctionName.Value))
                {
                    var aggregate = Aggregates.Compile(_compiler, call);
                    _aggregates.Add(aggregate);
                    _columns.Add(new SourceColumn("", aggregate.Type, aggregate.IsNullable));
                    return ExpressionCompiler.Reference(0, _source, _columns.Count - 1) with { Column = null };
                }
                if (call.FunctionName.Value.ToUpperInvariant() is "GROUPING" or "GROUPING_ID")
                {
                    return GroupingId(call);
                }
            }
            var position = KeyPosition(node);
            return position < 0 ? null : ExpressionCompiler.Reference(0, _source, position) with { Column = null };
        }
        finally
        {
            _compiler.Scope.Substitute = outer;
        }
    }

    public IEnumerable<bool> Run(Frame frame, IEnumerable<bool> rows)
    {
        var equality = new RowEquality(_keys.Select(key => key.Type));
        var groups = _sets.Select(_ => new Dictionary<object?[], AggregateState[]>(equality)).ToArray();
        foreach (var (set, i) in _sets.Select((set, i) => (set, i)))
        {
            if (set == 0)
            {
                groups[i].Add(new object?[_keys.Length], Start());
            }
        }
        foreach (var _ in rows)
        {
            var key = Array.ConvertAll(_keys, k => k.Eval(frame));
            for (var i = 0; i < groups.Length; i++)
            {
                Add(groups[i], _sets.Count == 1 ? key : Only(key, _sets[i]), frame);
            }
        }
        for (var i = 0; i < groups.Length; i++)
        {
            // The grand total of nothing is a row where it stands alone, as without GROUP BY.
            foreach (var (key, states) in groups[i])
            {
                frame.Rows[_source.Ordinal] = [.. key, (long)_sets[i], .. states.Select(s => s.Result)];
                yield return true;
            }
        }
    }

    private void Add(Dictionary<object?[], AggregateState[]> groups, object?[] key, Frame frame)
    {
        if (!groups.TryGetValue(key, out var states))
        {
            groups[key] = states = Start();
        }
        foreach (var state in states)
        {
            state.Add(frame);
        }
    }

    private static object?[] Only(object?[] key, ulong set)
    {
        var own = new object?[key.Length];
        for (var i = 0; i < key.Length; i++)
        {
            own[i] = (set & (1UL << i)) != 0 ? key[i] : null;
        }
        return own;
    }

    private int KeyPosition(ScalarExpression node)
    {
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
        return position;
    }

    /// <summary>GROUPING is 1 where the key is not in the group's set; GROUPING_ID puts several of those into one number.</summary>
    private Expr GroupingId(FunctionCall call)
    {
        var positions = call.Parameters.Select(KeyPosition).ToArray();
        if (positions.Contains(-1))
        {
            throw Errors.Of(8161, 16, $"Argument 1 of the {call.FunctionName.Value} function does not match any of the expressions in the GROUP BY clause.");
        }
        var isOne = call.FunctionName.Value.Equals("GROUPING", StringComparison.OrdinalIgnoreCase);
        var mask = ExpressionCompiler.Reference(0, _source, _keys.Length).Eval;
        int Id(Frame frame) => positions.Aggregate(0, (id, position) => (id << 1) | (((ulong)(long)mask(frame)! & (1UL << position)) == 0 ? 1 : 0));
        return isOne ? new Expr(SqlTypes.TinyInt, frame => (byte)Id(frame), false) : new Expr(SqlTypes.Int, frame => Id(frame), false);
    }

    private AggregateState[] Start() => _aggregates.Select(aggregate => aggregate.Start()).ToArray();
}
