using DStream.StandIns.SqlServer.Statements;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>The current rows of a running query, one for each source of its scope, and the query around it.</summary>
internal sealed class Frame(BatchContext context, int sources, int states, Frame? outer)
{
    public BatchContext Context { get; } = context;

    public Frame? Outer { get; } = outer;

    public object?[][] Rows { get; } = new object?[sources][];

    /// <summary>What plan nodes keep while the query runs: hash tables, last look-ups.</summary>
    public object?[] States { get; } = new object?[states];
}
