using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A query that can run any number of times, in any session.</summary>
/// <param name="Columns">The columns of its result.</param>
/// <param name="Run">Its rows; every row is an array of its own.</param>
internal sealed record CompiledQuery(IReadOnlyList<SqlColumn> Columns, Func<BatchContext, Frame?, IEnumerable<object?[]>> Run)
{
    public bool Any(BatchContext context, Frame? outer)
    {
        using var rows = Run(context, outer).GetEnumerator();
        return rows.MoveNext();
    }
}
