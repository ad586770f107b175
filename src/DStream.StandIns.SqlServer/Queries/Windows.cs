using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// Functions with OVER. The rows are collected, each function writes its column of one more source, and the rows go on in the
/// order they came.
/// </summary>
internal sealed class Windows(ExpressionCompiler compiler)
{
    private readonly List<WindowFunction> _functions = [];
    private readonly List<SourceColumn> _columns = [];
    private ScopeSource? _source;

    public bool IsEmpty => _functions.Count == 0;

    public Expr? Substitute(ScalarExpression node)
    {
        if (node is not FunctionCall { OverClause: { } over } call)
        {
            return null;
        }
        if (over.WindowName is not null)
        {
            throw Errors.Unsupported("the WINDOW clause");
        }
        var partition = over.Partitions.Select(p => new SortKey(compiler.Compile(p), false)).ToArray();
        var order = (over.OrderByClause?.OrderByElements ?? []).Select(e => new SortKey(compiler.Compile(e.Expression), e.SortOrder == SortOrder.Descending)).ToArray();
        var function = WindowFunction.Compile(compiler, call, partition, order);
        _source ??= compiler.Scope.Add(null, null, _columns);
        _columns.Add(new SourceColumn("", function.Type, function.IsNullable));
        _functions.Add(function);
        return ExpressionCompiler.Reference(0, _source, _columns.Count - 1) with { Column = null };
    }

    public IEnumerable<bool> Run(Frame frame, IEnumerable<bool> rows)
    {
        var collected = new List<object?[][]>();
        foreach (var _ in rows)
        {
            frame.Rows[_source!.Ordinal] = new object?[_functions.Count];
            collected.Add((object?[][])frame.Rows.Clone());
        }
        for (var i = 0; i < _functions.Count; i++)
        {
            Compute(frame, collected, _functions[i], i);
        }
        foreach (var row in collected)
        {
            row.CopyTo(frame.Rows, 0);
            yield return true;
        }
    }

    private void Compute(Frame frame, List<object?[][]> collected, WindowFunction function, int column)
    {
        var sorter = new Sorter([.. function.Partition, .. function.Order]);
        var sorted = collected.Select(row =>
        {
            row.CopyTo(frame.Rows, 0);
            return (Keys: sorter.KeysOf(frame), Row: row);
        }).OrderBy(r => r.Keys, sorter).ToList();
        var start = 0;
        while (start < sorted.Count)
        {
            var end = start + 1;
            while (end < sorted.Count && sorter.Compare(sorted[start].Keys, sorted[end].Keys, function.Partition.Length) == 0)
            {
                end++;
            }
            var partition = new WindowPartition(frame, sorted.GetRange(start, end - start), sorter);
            for (var i = 0; i < partition.Count; i++)
            {
                partition.Row(i)[_source!.Ordinal][column] = function.Value(partition, i);
            }
            start = end;
        }
    }
}
