using DStream.StandIns.SqlServer.Expressions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A source read by its whole unique key: at most one row. It remembers its last look-up, since neighbours often share a key.</summary>
internal sealed class LookupNode(SourceNode inner, int state) : RowNode
{
    public override ulong Sources => inner.Sources;

    public override IEnumerable<SourceNode> Leaves => [inner];

    public bool Find(Frame frame)
    {
        if (!inner.Seek!.TryBuild(frame, out var range))
        {
            return false;
        }
        var last = (Memory?)frame.States[state];
        if (last is not null && SameKey(last.Key, range.Prefix))
        {
            frame.Rows[inner.ScopeSource.Ordinal] = last.Row!;
            return last.Row is not null && (inner.Filter is null || inner.Filter(frame) == Truth.True);
        }
        object?[]? found = null;
        foreach (var row in inner.Source.Read(frame.Context, frame, inner.Path, range))
        {
            found = row;
            break;
        }
        frame.States[state] = new Memory(range.Prefix, found);
        frame.Rows[inner.ScopeSource.Ordinal] = found!;
        return found is not null && (inner.Filter is null || inner.Filter(frame) == Truth.True);
    }

    public override IEnumerable<bool> Open(Frame frame)
    {
        if (Find(frame))
        {
            yield return true;
        }
    }

    private static bool SameKey(object?[] a, object?[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (!ReferenceEquals(a[i], b[i]) && !Equals(a[i], b[i]))
            {
                return false;
            }
        }
        return true;
    }

    private sealed record Memory(object?[] Key, object?[]? Row);
}
