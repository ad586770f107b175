using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>The right side of a join by equality where no order helps: its rows are hashed once, then probed.</summary>
internal sealed class HashNode(SourceNode inner, Scalar probe, Scalar key, Comparison<object> order, int state) : RowNode
{
    private readonly IEqualityComparer<object> _equality = EqualityComparer<object>.Create((a, b) => order(a!, b!) == 0, a => ValueOrder.HashOf(a));

    public override ulong Sources => inner.Sources;

    public override IEnumerable<SourceNode> Leaves => [inner];

    public override IEnumerable<bool> Open(Frame frame)
    {
        var table = (Dictionary<object, List<object?[]>>)(frame.States[state] ??= Build(frame));
        if (probe(frame) is not { } sought || !table.TryGetValue(sought, out var rows))
        {
            yield break;
        }
        foreach (var row in rows)
        {
            frame.Rows[inner.ScopeSource.Ordinal] = row;
            yield return true;
        }
    }

    private Dictionary<object, List<object?[]>> Build(Frame frame)
    {
        var table = new Dictionary<object, List<object?[]>>(_equality);
        foreach (var _ in inner.Open(frame))
        {
            if (key(frame) is { } value)
            {
                if (!table.TryGetValue(value, out var rows))
                {
                    table[value] = rows = [];
                }
                rows.Add(frame.Rows[inner.ScopeSource.Ordinal]);
            }
        }
        return table;
    }
}
