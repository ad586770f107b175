using DStream.StandIns.SqlServer.Expressions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A nested loop: for each row of the left, the rows of the right that match; with one row of NULLs when it is outer.</summary>
internal sealed class JoinNode(RowNode left, RowNode right, Predicate? on, bool isOuter) : RowNode
{
    private readonly (int Ordinal, object?[] Nulls)[] _nulls =
        right.Leaves.Select(leaf => (leaf.ScopeSource.Ordinal, new object?[leaf.ScopeSource.Columns.Count])).ToArray();

    public RowNode Left { get; } = left;

    public RowNode Right { get; set; } = right;

    public Predicate? On { get; set; } = on;

    public bool IsOuter { get; } = isOuter;

    public override ulong Sources => Left.Sources | Right.Sources;

    public override IEnumerable<SourceNode> Leaves => Left.Leaves.Concat(Right.Leaves);

    public override IReadOnlyList<(int Source, int Column)> Order => Left.Order;

    public override bool OrderIsUnique => Left.OrderIsUnique && Right is LookupNode;

    public override IEnumerable<bool> Open(Frame frame)
    {
        // A unique look-up needs no enumerator of its own: one probe for each row of the left.
        var lookup = Right as LookupNode;
        foreach (var _ in Left.Open(frame))
        {
            if (lookup is not null)
            {
                if (lookup.Find(frame) && (On is null || On(frame) == Truth.True))
                {
                    yield return true;
                }
                else if (IsOuter)
                {
                    frame.Rows[_nulls[0].Ordinal] = _nulls[0].Nulls;
                    yield return true;
                }
                continue;
            }
            var matched = false;
            foreach (var __ in Right.Open(frame))
            {
                if (On is null || On(frame) == Truth.True)
                {
                    matched = true;
                    yield return true;
                }
            }
            if (!matched && IsOuter)
            {
                foreach (var (ordinal, nulls) in _nulls)
                {
                    frame.Rows[ordinal] = nulls;
                }
                yield return true;
            }
        }
    }
}
