using System.Diagnostics;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class PoolingTests : WireTest
{
    private static readonly SqlColumn Number = new("n", new SqlType(SqlKind.Int), IsNullable: false);

    [Fact]
    public async Task Open_FromThePool_ResetsTheSessionBeforeTheNextRequest()
    {
        ReplyWith(Number, 1);
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await OpenAsync("Pooling=true;Max Pool Size=1");
            await using var command = new SqlCommand("SELECT", connection);
            await command.ExecuteScalarAsync(Token);
        }

        Assert.Single(Engine.Logins);
        Assert.Equal(["reset False", "reset False"], Engine.Calls);
        ClearPool("Pooling=true;Max Pool Size=1");
    }

    [Fact]
    public async Task Open_TextTransactionLeftOpen_IsRolledBackByTheReset()
    {
        Engine.Answer = (session, request, sink, _) =>
        {
            if (request.Text == "BEGIN TRAN") session.TransactionDescriptor = 99;
            sink.Columns([Number]);
            sink.Row([(int)session.TransactionDescriptor]);
            sink.StatementDone(1);
            return ValueTask.CompletedTask;
        };
        var values = new List<object?>();
        foreach (var text in new[] { "BEGIN TRAN", "SELECT", "SELECT" })
        {
            await using var connection = await OpenAsync("Pooling=true;Max Pool Size=1");
            await using var command = new SqlCommand(text, connection);
            values.Add(await command.ExecuteScalarAsync(Token));
        }

        Assert.Equal([99, 0, 0], values);
        ClearPool("Pooling=true;Max Pool Size=1");
    }

    [Fact]
    public async Task Restart_OnTheSamePort_ThePoolFindsItAgain()
    {
        ReplyWith(Number, 1);
        var port = Listener.Port;
        await using (await OpenAsync("Pooling=true"))
        {
        }
        await Listener.StopAcceptingAsync();
        await Listener.DropConnectionsAsync();
        await using (var refused = new SqlConnection(ConnectionString("Pooling=false;Connect Timeout=2")))
            await Assert.ThrowsAsync<SqlException>(() => refused.OpenAsync(Token));

        await Listener.StartAsync(Token);

        Assert.Equal(port, Listener.Port);
        await using var connection = await OpenAsync("Pooling=true");
        await using var command = new SqlCommand("SELECT", connection);
        Assert.Equal(1, await command.ExecuteScalarAsync(Token));
        ClearPool("Pooling=true");
    }

    [Fact]
    public async Task ClearPool_ThenOpen_MakesANewConnection()
    {
        for (var i = 0; i < 2; i++)
        {
            await using (await OpenAsync("Pooling=true"))
            {
            }
            ClearPool("Pooling=true");
            await WaitUntilAsync(() => Engine.OpenSessions == 0);
        }

        Assert.Equal(2, Engine.Logins.Count);
    }

    [Fact]
    public async Task Open_PooledConnectionDied_IsReplacedSilently()
    {
        ReplyWith(Number, 1);
        await using (await OpenAsync("Pooling=true"))
        {
        }
        await Listener.DropConnectionsAsync(reset: false);
        await WaitUntilAsync(() => Engine.OpenSessions == 0);
        var sinceDrop = Stopwatch.StartNew();
        await WaitUntilAsync(() => sinceDrop.ElapsedMilliseconds > 20);

        await using var connection = await OpenAsync("Pooling=true");
        await using var command = new SqlCommand("SELECT", connection);

        Assert.Equal(1, await command.ExecuteScalarAsync(Token));
        Assert.Equal(2, Engine.Logins.Count);
        ClearPool("Pooling=true");
    }

    private void ClearPool(string more)
    {
        using var connection = new SqlConnection(ConnectionString(more));
        SqlConnection.ClearPool(connection);
    }
}
