using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Wire;

internal sealed class ScriptedSession(ScriptedEngine engine, short id, string database) : ISqlSession
{
    private ulong _lastTransaction;

    public short Id => id;
    public string Database { get; set; } = database.Length == 0 ? "master" : database;
    public ulong TransactionDescriptor { get; set; }

    public ValueTask ExecuteAsync(SqlRequest request, IResultSink sink, CancellationToken attention)
    {
        engine.Requests.Enqueue(request);
        return engine.Answer(this, request, sink, attention);
    }

    public ISqlBulkLoad BeginBulkLoad(IReadOnlyList<SqlColumn> columns, IResultSink sink) => throw new NotSupportedException("The scripted engine takes no rows.");

    public void Begin(SqlIsolation isolation, string? name)
    {
        engine.Calls.Enqueue($"begin {isolation} {name}".TrimEnd());
        TransactionDescriptor = ((ulong)id << 32) + ++_lastTransaction;
    }

    public void Commit(string? name)
    {
        engine.Calls.Enqueue($"commit {name}".TrimEnd());
        TransactionDescriptor = 0;
    }

    public void Rollback(string? name)
    {
        engine.Calls.Enqueue($"rollback {name}".TrimEnd());
        if (name is null) TransactionDescriptor = 0;
    }

    public void Save(string name) => engine.Calls.Enqueue($"save {name}");

    public byte[] State => [];

    public bool IsRecoverable => TransactionDescriptor == 0;

    public void Restore(byte[] state)
    {
    }

    public void Reset(bool keepTransaction)
    {
        engine.Calls.Enqueue($"reset {keepTransaction}");
        if (!keepTransaction) TransactionDescriptor = 0;
        Database = database;
    }

    public ValueTask DisposeAsync()
    {
        engine.Calls.Enqueue("dispose");
        Interlocked.Decrement(ref engine.OpenSessions);
        return ValueTask.CompletedTask;
    }
}
