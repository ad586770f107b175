using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>One connection's state in the engine: current database, SET options, temp tables, open transaction. Not thread-safe.</summary>
public interface ISqlSession : IAsyncDisposable
{
    /// <summary>The @@SPID of the session.</summary>
    short Id { get; }

    string Database { get; }

    /// <summary>The open transaction's descriptor, or 0. The wire sends ENVCHANGE 8, 9, 10 where it changed during a request.</summary>
    ulong TransactionDescriptor { get; }

    /// <summary>
    /// Runs a batch or a remote procedure call and writes all it returns to the sink. Errors of the statement go to the sink
    /// as messages; an exception is a defect of the engine. On <paramref name="attention"/> it stops at once, rolls back the
    /// running statement and throws <see cref="OperationCanceledException"/>; locks waited for are given up.
    /// </summary>
    ValueTask ExecuteAsync(SqlRequest request, IResultSink sink, CancellationToken attention);

    /// <summary>
    /// Begins to take the rows that the INSERT BULK statement of the last batch announced; <paramref name="columns"/> are those of
    /// the rows, in the statement's order. Errors throw <see cref="SqlErrorException"/>.
    /// </summary>
    ISqlBulkLoad BeginBulkLoad(IReadOnlyList<SqlColumn> columns, IResultSink sink);

    /// <summary>The transaction manager requests of TDS. Errors throw <see cref="SqlErrorException"/>.</summary>
    void Begin(SqlIsolation isolation, string? name);
    void Commit(string? name);
    void Rollback(string? name);
    void Save(string name);

    /// <summary>
    /// The SET options as the client keeps them, opaque to it, so that a session whose connection died idle can be restored on
    /// another one (MS-TDS 2.2.7.21).
    /// </summary>
    byte[] State { get; }

    /// <summary>False while there is what no other connection could have: a transaction, temp tables.</summary>
    bool IsRecoverable { get; }

    /// <summary>Takes over what <see cref="State"/> was on the connection that died.</summary>
    void Restore(byte[] state);

    /// <summary>RESETCONNECTION: rolls back (unless the transaction is kept), drops temp tables, restores the login's options.</summary>
    void Reset(bool keepTransaction);
}
