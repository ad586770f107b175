using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>A listener before a scripted engine, and connections of the unmodified client to it, without a pool unless asked.</summary>
public abstract class WireTest : IAsyncLifetime
{
    internal ScriptedEngine Engine { get; } = new();
    protected SqlServerListener Listener { get; private set; } = null!;
    protected static CancellationToken Token => TestContext.Current.CancellationToken;
    protected virtual SqlServerListenerOptions Options { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Listener = new SqlServerListener(Engine, TimeProvider.System, Options);
        await Listener.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected string ConnectionString(string more = "Pooling=false") =>
        Listener.ConnectionString("TestDB") + ";Connect Timeout=10;ConnectRetryCount=0;" + more;

    protected async Task<SqlConnection> OpenAsync(string more = "Pooling=false")
    {
        var connection = new SqlConnection(ConnectionString(more));
        await connection.OpenAsync(Token);
        return connection;
    }

    /// <summary>The engine answers every request with one result set of one column.</summary>
    internal void ReplyWith(SqlColumn column, params object?[] rows) => Engine.Reply((_, sink) =>
    {
        sink.Columns([column]);
        foreach (var row in rows) sink.Row([row]);
        sink.StatementDone(rows.Length);
    });

    internal void ReplyWithNumbers(int rows) => Engine.Answer = async (_, _, sink, attention) =>
    {
        sink.Columns([new SqlColumn("n", new SqlType(SqlKind.Int), IsNullable: false)]);
        for (var i = 1; i <= rows; i++)
        {
            sink.Row([i]);
            if (i % 100 == 0) await sink.FlushAsync(attention);
        }
        sink.StatementDone(rows);
    };

    protected static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
