using DStream.StandIns.SqlServer.Expressions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>FULL JOIN: the rows of the right are collected once; those that nothing on the left matched come last, beside NULLs.</summary>
internal sealed class FullJoinNode(RowNode left, RowNode right) : RowNode
{
    private readonly SourceNode[] _left = left.Leaves.ToArray();
    private readonly SourceNode[] _right = right.Leaves.ToArray();

    public Predicate? On { get; set; }

    public RowNode Left => left;

    public override ulong Sources => left.Sources | right.Sources;

    public override IEnumerable<SourceNode> Leaves => [.. _left, .. _right];

    public override IEnumerable<bool> Open(Frame frame)
    {
        var rows = new List<object?[][]>();
        foreach (var _ in right.Open(frame))
        {
            rows.Add(Array.ConvertAll(_right, leaf => frame.Rows[leaf.ScopeSource.Ordinal]));
        }
        var matched = new bool[rows.Count];
        foreach (var _ in left.Open(frame))
        {
            var any = false;
            for (var i = 0; i < rows.Count; i++)
            {
                Enter(frame, rows[i]);
                if (On is null || On(frame) == Truth.True)
                {
                    any = matched[i] = true;
                    yield return true;
                }
            }
            if (!any)
            {
                SetNulls(frame, _right);
                yield return true;
            }
        }
        SetNulls(frame, _left);
        for (var i = 0; i < rows.Count; i++)
        {
            if (!matched[i])
            {
                Enter(frame, rows[i]);
                yield return true;
            }
        }
    }

    private void Enter(Frame frame, object?[][] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            frame.Rows[_right[i].ScopeSource.Ordinal] = row[i];
        }
    }

    private static void SetNulls(Frame frame, SourceNode[] leaves)
    {
        foreach (var leaf in leaves)
        {
            frame.Rows[leaf.ScopeSource.Ordinal] = new object?[leaf.ScopeSource.Columns.Count];
        }
    }
}
