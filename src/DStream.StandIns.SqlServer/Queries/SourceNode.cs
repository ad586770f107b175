using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>One source, read by a range of one of its orders where the conditions give one.</summary>
internal sealed class SourceNode(ScopeSource scopeSource, RowSource source) : RowNode
{
    public ScopeSource ScopeSource { get; } = scopeSource;

    public RowSource Source { get; } = source;

    public AccessPath? Path { get; set; } = source.Paths.Count > 0 ? source.Paths[0] : null;

    public SeekPlan? Seek { get; set; }

    /// <summary>Conditions on this source alone, tested before anything is joined to it.</summary>
    public Predicate? Filter { get; set; }

    public override ulong Sources => 1UL << ScopeSource.Ordinal;

    public override IEnumerable<SourceNode> Leaves => [this];

    public override IReadOnlyList<(int Source, int Column)> Order =>
        Path is null ? [] : Path.Columns.Select(column => (ScopeSource.Ordinal, column)).ToArray();

    public override bool OrderIsUnique => Path?.IsUnique ?? false;

    public override IEnumerable<bool> Open(Frame frame)
    {
        var range = KeyRange.All;
        if (Seek is not null && !Seek.TryBuild(frame, out range))
        {
            yield break;
        }
        var (ordinal, rows, filter) = (ScopeSource.Ordinal, frame.Rows, Filter);
        var count = 0;
        foreach (var row in Source.Read(frame.Context, frame, Path, range))
        {
            if ((++count & 255) == 0)
            {
                frame.Context.Attention.ThrowIfCancellationRequested();
            }
            rows[ordinal] = row;
            if (filter is null || filter(frame) == Truth.True)
            {
                yield return true;
            }
        }
    }
}
