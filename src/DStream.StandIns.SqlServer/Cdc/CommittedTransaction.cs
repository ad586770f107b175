using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A committed transaction that the capture job has not come to yet. Without records it only moves the max LSN on.</summary>
internal sealed record CommittedTransaction(
    Lsn Begin, Lsn Commit, DateTime BeginTime, DateTime EndTime, IReadOnlyList<LogRecord> Records, IReadOnlyList<Definition> Definitions);
