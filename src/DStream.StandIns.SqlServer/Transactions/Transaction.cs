using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>A transaction: what it locked, what it can undo and what its log holds. Guarded by the engine's gate.</summary>
internal sealed class Transaction(ulong descriptor, short session, SqlIsolation isolation)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Descriptor { get; } = descriptor;

    public short Session { get; } = session;

    public SqlIsolation Isolation { get; } = isolation;

    /// <summary>Whose end this transaction waits for; the edges in which a deadlock is a cycle.</summary>
    public Transaction? WaitsFor { get; set; }

    /// <summary>Completes when the transaction committed or rolled back and its locks are free.</summary>
    public Task Ended => _ended.Task;

    /// <summary>An error left it able to do nothing but roll back (XACT_STATE() = -1).</summary>
    public bool IsDoomed { get; set; }

    public List<(Table Table, RowSlot Slot)> Slots { get; } = [];

    public List<Table> Tables { get; } = [];

    public List<UndoEntry> Undo { get; } = [];

    /// <summary>Index entries that may be needed no more at the end.</summary>
    public List<(TableIndex Index, IndexEntry Entry)> Touched { get; } = [];

    public List<TransactionLog> Logs { get; } = [];

    public Dictionary<string, TransactionMark> Savepoints { get; } = new(StringComparer.OrdinalIgnoreCase);

    public TransactionLog LogOf(Database database, DateTime now)
    {
        foreach (var log in Logs)
        {
            if (log.Database == database)
            {
                return log;
            }
        }
        var added = new TransactionLog(database, database.Log.Append(), now);
        Logs.Add(added);
        return added;
    }

    public TransactionMark Mark() => new(Undo.Count, Logs.Select(log => (log, log.Records.Count, log.LastCommandId)).ToArray());

    public void SignalEnd() => _ended.TrySetResult();
}

/// <summary>A point to roll back to: a statement's beginning or a savepoint.</summary>
internal sealed record TransactionMark(int Undo, (TransactionLog Log, int Records, int CommandId)[] Logs);

/// <summary>How to undo one step: a slot's earlier pending value, or an action of DDL.</summary>
internal readonly record struct UndoEntry(RowSlot? Slot, bool HadPending, object?[]? Pending, Action? Action);
