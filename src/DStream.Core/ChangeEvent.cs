namespace DStream.Core;

/// <summary>
/// One changed row. Valid until its <see cref="ChangeBatch"/> is disposed, whose memory it points into.
/// </summary>
/// <param name="Position">Where the row stands in the log.</param>
/// <param name="CommitTime">When the transaction ended, in the server's local time without a zone; null where the server no longer
/// knows it. Source: <c>cdc.lsn_time_mapping.tran_end_time</c>.</param>
/// <param name="KeyHash">A stable hash of the row's key columns; 0 where the table has no key.</param>
/// <param name="Data">The captured columns as one UTF-8 JSON object, in table order.</param>
/// <param name="Unavailable">Columns left out of <paramref name="Data"/> since the server did not log their values (unchanged LOBs);
/// null where there are none.</param>
public readonly record struct ChangeEvent(
    ChangePosition Position, DateTime? CommitTime, ulong KeyHash, ReadOnlyMemory<byte> Data, IReadOnlyList<string>? Unavailable)
{
    /// <summary>What happened to the row.</summary>
    public ChangeOperation Operation => Position.Operation;
}
