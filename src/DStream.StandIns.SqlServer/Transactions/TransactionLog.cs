using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>The part of a transaction's log that belongs to one database.</summary>
internal sealed class TransactionLog(Database database, Lsn begin, DateTime beginTime)
{
    public Database Database { get; } = database;

    public Lsn Begin { get; } = begin;

    public DateTime BeginTime { get; } = beginTime;

    /// <summary>Records of tracked tables only.</summary>
    public List<LogRecord> Records { get; } = [];

    public int LastCommandId { get; set; }
}
