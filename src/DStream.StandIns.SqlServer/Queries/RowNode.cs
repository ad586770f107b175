using DStream.StandIns.SqlServer.Expressions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A node of the FROM tree. Each step of what it opens puts the next combination of rows into the frame.</summary>
internal abstract class RowNode
{
    /// <summary>A bit for each source below.</summary>
    public abstract ulong Sources { get; }

    /// <summary>The sources below, by ordinal.</summary>
    public abstract IEnumerable<SourceNode> Leaves { get; }

    /// <summary>The columns by which the rows come sorted, ascending.</summary>
    public virtual IReadOnlyList<(int Source, int Column)> Order => [];

    /// <summary>Whether <see cref="Order"/> tells all rows apart.</summary>
    public virtual bool OrderIsUnique => false;

    public abstract IEnumerable<bool> Open(Frame frame);
}
