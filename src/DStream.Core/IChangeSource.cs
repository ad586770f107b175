namespace DStream.Core;

/// <summary>A database whose tables' changes can be read. Thread-safe.</summary>
/// <remarks>
/// All members throw <see cref="ProviderException"/> where the server fails, and <see cref="OperationCanceledException"/> on cancellation.
/// </remarks>
public interface IChangeSource : IAsyncDisposable
{
    /// <summary>The high end: everything up to this LSN has been captured, for all tables alike. <see cref="Lsn.Zero"/> before the first
    /// capture. One query; call it once a cycle and bound every table by it.</summary>
    ValueTask<Lsn> GetMaxLsnAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Which of these tables need to be read: those with a change past their position and up to <paramref name="upTo"/>, and those whose
    /// position has fallen below the low end. For every other table it is certain that nothing lies between its position and
    /// <paramref name="upTo"/>. Null where the login may not ask: each table then polls on its own schedule.
    /// </summary>
    ValueTask<IReadOnlySet<TableName>?> FindChangedAsync(IReadOnlyCollection<TablePosition> tables, Lsn upTo, CancellationToken cancellationToken);

    /// <summary>Resolves the table's capture instance and prepares to read it.</summary>
    /// <exception cref="TableNotReadyException">The table or its capture instance is missing; the message says what to run.</exception>
    ValueTask<ITableChangeReader> OpenAsync(TableName table, CancellationToken cancellationToken);
}
