namespace DStream.Core;

/// <summary>Reads one table's changes. One call at a time.</summary>
public interface ITableChangeReader : IAsyncDisposable
{
    /// <summary>The table as it was when it was opened.</summary>
    TableDescription Table { get; }

    /// <summary>
    /// The changes after a position and up to an LSN, in log order, one page of them. The pair of an update may be divided between two
    /// pages; positions make that safe.
    /// </summary>
    /// <param name="after">Everything up to here is left out. Taken in another read order inside a transaction, the whole transaction
    /// is read again (I5a).</param>
    /// <param name="upTo">The last LSN to read; a max LSN of this database.</param>
    /// <param name="limits">How much one page may hold.</param>
    /// <param name="cancellationToken">Ends the wait, even on a server that is silent.</param>
    /// <exception cref="ChangeDataLostException">The position lies below the low end: changes were cleaned up before they were read (I3).</exception>
    /// <exception cref="TableNotReadyException">The capture instance is gone or was made anew: open the table again.</exception>
    /// <exception cref="ProviderException">The server failed.</exception>
    ValueTask<ChangeBatch> ReadAsync(ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken);
}
