using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>A transaction: what it locked, what it can undo and what its log holds. Guarded by the engine's gate.</summary>
internal sealed class Transaction(ulong descriptor, LockOwner owner, SqlIsolation isolation)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Descriptor { get; } = descriptor;

    /// <summary>The session, as the one that waits for locks and is waited for.</summary>
    public LockOwner Owner { get; } = owner;

    public short Session => Owner.Session;

    public SqlIsolation Isolation { get; } = isolation;

    /// <summary>BEGIN TRANSACTION's name; only the outermost counts.</summary>
    public string? Name { get; init; }

    public DateTime Began { get; init; }

    /// <summary>The commit number at which a SNAPSHOT transaction reads, from its first access to data on.</summary>
    public long? Snapshot { get; set; }

    /// <summary>Completes when the transaction committed or rolled back and its locks are free.</summary>
    public Task Ended => _ended.Task;

    /// <summary>An error left it able to do nothing but roll back (XACT_STATE() = -1).</summary>
    public bool IsDoomed { get; set; }

    public List<(Table Table, RowSlot Slot)> Slots { get; } = [];

    /// <summary>Rows held shared.</summary>
    public List<RowSlot> Shares { get; } = [];

    /// <summary>Tables held as a whole, or of which rows or ranges are held shared; one may stand here more than once.</summary>
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

    /// <summary>Adds a step that a rollback past this point takes back: definitions, procedures, anything that is not a row. Runs under the gate.</summary>
    public void OnRollback(Action undo) => Undo.Add(new UndoEntry(null, false, null, undo));

    public TransactionMark Mark() => new(Undo.Count, Logs.Select(log => (log, log.Records.Count, log.LastCommandId)).ToArray());

    public void SignalEnd() => _ended.TrySetResult();
}

/// <summary>A point to roll back to: a statement's beginning or a savepoint.</summary>
internal sealed record TransactionMark(int Undo, (TransactionLog Log, int Records, int CommandId)[] Logs);

/// <summary>How to undo one step: a slot's earlier pending value, or an action of DDL.</summary>
internal readonly record struct UndoEntry(RowSlot? Slot, bool HadPending, object?[]? Pending, Action? Action);
