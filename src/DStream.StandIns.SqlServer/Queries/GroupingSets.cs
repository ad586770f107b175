using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// GROUP BY as a list of keys and of the sets of them to group by: one set for a plain list, several for GROUPING SETS, ROLLUP
/// and CUBE. A set is a mask with a bit for each key.
/// </summary>
internal sealed record GroupingSets(IReadOnlyList<ScalarExpression> Keys, IReadOnlyList<ulong> Sets)
{
    public static GroupingSets Of(GroupByClause? clause)
    {
        var keys = new List<ScalarExpression>();
        IReadOnlyList<ulong> sets = [0];
        foreach (var specification in clause?.GroupingSpecifications ?? [])
        {
            // Several specifications multiply.
            var own = SetsOf(specification, keys);
            sets = sets.SelectMany(set => own.Select(other => set | other)).ToArray();
        }
        return clause?.GroupByOption switch
        {
            GroupByOption.Rollup => new(keys, Rollup(keys.Select((_, i) => 1UL << i).ToArray())),
            GroupByOption.Cube => new(keys, Cube(keys.Select((_, i) => 1UL << i).ToArray())),
            _ => new(keys, sets),
        };
    }

    private static ulong[] SetsOf(GroupingSpecification node, List<ScalarExpression> keys) => node switch
    {
        ExpressionGroupingSpecification expression => [Key(expression.Expression, keys)],
        CompositeGroupingSpecification composite => [Union(composite.Items, keys)],
        GrandTotalGroupingSpecification => [0],
        RollupGroupingSpecification rollup => Rollup(rollup.Arguments.Select(a => Union([a], keys)).ToArray()),
        CubeGroupingSpecification cube => Cube(cube.Arguments.Select(a => Union([a], keys)).ToArray()),
        GroupingSetsGroupingSpecification sets => sets.Sets.SelectMany(set => SetsOf(set, keys)).ToArray(),
        _ => throw Errors.Unsupported($"GROUP BY {node.GetType().Name}"),
    };

    private static ulong Union(IEnumerable<GroupingSpecification> items, List<ScalarExpression> keys) =>
        items.Aggregate(0UL, (mask, item) => mask | SetsOf(item, keys).Aggregate(0UL, static (a, b) => a | b));

    private static ulong Key(ScalarExpression node, List<ScalarExpression> keys)
    {
        var text = SyntaxText.Of(node);
        var position = keys.FindIndex(key => SyntaxText.Of(key) == text);
        if (position < 0)
        {
            position = keys.Count;
            keys.Add(node);
        }
        return 1UL << position;
    }

    private static ulong[] Rollup(ulong[] parts)
    {
        var sets = new List<ulong> { 0 };
        foreach (var part in parts)
        {
            sets.Insert(0, sets[0] | part);
        }
        return [.. sets];
    }

    private static ulong[] Cube(ulong[] parts) => Enumerable.Range(0, 1 << parts.Length)
        .Select(choice => parts.Where((_, i) => (choice & (1 << i)) != 0).Aggregate(0UL, static (a, b) => a | b)).ToArray();
}
