using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>How one SELECT runs: rows, filter, groups, windows, projection, order, top. Rows stream wherever their order allows it.</summary>
internal sealed class SelectPlan
{
    private Sorter? _sorter;

    public required Scope Scope { get; init; }

    public required RowNode? From { get; init; }

    public required Predicate? Where { get; init; }

    public required Grouping? Grouping { get; init; }

    public required Windows? Windows { get; init; }

    public required Predicate? Having { get; init; }

    public required Scalar[] Outputs { get; init; }

    public required RowEquality? Distinct { get; init; }

    public required SortKey[] OrderKeys { get; init; }

    /// <summary>How many of the sort keys the rows come sorted by: all of them means no sort, some mean sorting inside equal ones.</summary>
    public required int SortedKeys { get; init; }

    public required Scalar? Top { get; init; }

    public required bool TopIsPercent { get; init; }

    public required bool WithTies { get; init; }

    public required Scalar? Offset { get; init; }

    public required Scalar? Fetch { get; init; }

    public IEnumerable<object?[]> Run(BatchContext context, Frame? outer)
    {
        var frame = new Frame(context, Scope.Sources.Count, Scope.States, outer);
        var rows = Filtered(frame);
        rows = Grouping is null ? rows : Having is null ? Grouping.Run(frame, rows) : Grouping.Run(frame, rows).Where(_ => Having(frame) == Truth.True);
        rows = Windows is null ? rows : Windows.Run(frame, rows);
        var projected = Ordered(frame, rows);
        if (Distinct is not null)
        {
            projected = projected.DistinctBy(r => r.Row, Distinct);
        }
        return Limited(frame, projected);
    }

    private IEnumerable<bool> Filtered(Frame frame)
    {
        if (From is null)
        {
            if (Where is null || Where(frame) == Truth.True)
            {
                yield return true;
            }
            yield break;
        }
        foreach (var _ in From.Open(frame))
        {
            if (Where is null || Where(frame) == Truth.True)
            {
                yield return true;
            }
        }
    }

    private IEnumerable<(object?[]? Keys, object?[] Row)> Ordered(Frame frame, IEnumerable<bool> rows)
    {
        var sorter = _sorter ??= new Sorter(OrderKeys);
        if (OrderKeys.Length == SortedKeys)
        {
            foreach (var _ in rows)
            {
                yield return (WithTies ? sorter.KeysOf(frame) : null, Project(frame));
            }
            yield break;
        }
        var run = new List<(object?[] Keys, object?[] Row)>();
        foreach (var _ in rows)
        {
            var keys = sorter.KeysOf(frame);
            if (SortedKeys > 0 && run.Count > 0 && sorter.Compare(run[0].Keys, keys, SortedKeys) != 0)
            {
                foreach (var sorted in run.OrderBy(r => r.Keys, sorter))
                {
                    yield return sorted;
                }
                run.Clear();
            }
            run.Add((keys, Project(frame)));
        }
        foreach (var sorted in run.OrderBy(r => r.Keys, sorter))
        {
            yield return sorted;
        }
    }

    private object?[] Project(Frame frame)
    {
        var outputs = Outputs;
        var row = new object?[outputs.Length];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = outputs[i](frame);
        }
        return row;
    }

    private IEnumerable<object?[]> Limited(Frame frame, IEnumerable<(object?[]? Keys, object?[] Row)> rows)
    {
        var limit = (long?)(Top ?? Fetch)?.Invoke(frame) ?? long.MaxValue;
        if (limit < 0)
        {
            throw Errors.Of(1060, 15, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.");
        }
        if (TopIsPercent)
        {
            var all = rows.ToList();
            limit = (long)Math.Ceiling(all.Count * limit / 100.0);
            rows = all;
        }
        var skip = (long?)Offset?.Invoke(frame) ?? 0;
        return Take(rows, skip, limit);
    }

    private IEnumerable<object?[]> Take(IEnumerable<(object?[]? Keys, object?[] Row)> rows, long skip, long limit)
    {
        if (limit == 0)
        {
            yield break;
        }
        object?[]? last = null;
        foreach (var (keys, row) in rows)
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }
            if (limit <= 0 && (last is null || _sorter!.Compare(last, keys) != 0))
            {
                yield break;
            }
            yield return row;
            limit--;
            if (limit == 0)
            {
                if (!WithTies)
                {
                    yield break;
                }
                last = keys;
            }
        }
    }
}
