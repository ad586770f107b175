using DStream.Core;

namespace DStream.InMemory;

/// <summary>Reads a table of an <see cref="InMemoryChangeSource"/>.</summary>
internal sealed class InMemoryTableReader(InMemoryChangeSource source, ChangeTable table, TableDescription description) : ITableChangeReader
{
    /// <inheritdoc/>
    public TableDescription Table => description;

    /// <inheritdoc/>
    public ValueTask<ChangeBatch> ReadAsync(ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken) =>
        new(source.Read(table, description, after, upTo, limits, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
