using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Anything a FROM clause can name. Compiled once, read by many statements at a time.</summary>
internal abstract class RowSource
{
    public abstract IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>The orders in which it can be read by a range; the first is the order it is read in when nothing else asks.</summary>
    public virtual IReadOnlyList<AccessPath> Paths => [];

    /// <summary>Its rows, in the order of the path. The frame gives the values of outer rows to functions and subqueries.</summary>
    public abstract IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range);
}

/// <summary>An order of a source: key columns by position.</summary>
internal sealed record AccessPath(int[] Columns, bool IsUnique, TableIndex? Index = null);
