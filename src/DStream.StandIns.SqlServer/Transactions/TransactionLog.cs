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

    /// <summary>Definitions that concern tracked tables.</summary>
    public List<Definition> Definitions { get; } = [];

    public int LastCommandId { get; set; }

    /// <summary>Adds a definition; the transaction's rollback takes it out again.</summary>
    public void Define(Transaction transaction, Definition definition)
    {
        Definitions.Add(definition);
        transaction.OnRollback(() => Definitions.Remove(definition));
    }
}
