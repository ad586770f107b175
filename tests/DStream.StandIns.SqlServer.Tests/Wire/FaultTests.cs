using System.Net.Sockets;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class FaultTests : WireTest
{
    private static readonly SqlColumn Number = new("n", new SqlType(SqlKind.Int), IsNullable: false);

    [Fact]
    public async Task Error_SkippedOnceThenTwice_StrikesThoseRequestsOnly()
    {
        ReplyWith(Number, 1);
        var rule = Listener.Faults.On(FaultPoint.Request("checkpoints")).Skip(1).Times(2).Error(1205, 13, 51, "Deadlock.");
        await using var connection = await OpenAsync();
        var outcomes = new List<int>();
        foreach (var text in new[] { "SELECT 1", "UPDATE CheckPoints", "UPDATE checkpoints", "SELECT 1", "UPDATE checkpoints", "UPDATE checkpoints" })
        {
            await using var command = new SqlCommand(text, connection);
            try
            {
                await command.ExecuteNonQueryAsync(Token);
                outcomes.Add(0);
            }
            catch (SqlException e)
            {
                outcomes.Add(e.Number);
            }
        }

        Assert.Equal([0, 0, 1205, 0, 1205, 0], outcomes);
        Assert.Equal(2, rule.Fired);
        Assert.Equal(4, Engine.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_AtARequest_LosesTheConnection(bool reset)
    {
        var rule = Listener.Faults.On(FaultPoint.AnyRequest);
        _ = reset ? rule.CloseRst() : rule.CloseFin();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.True(error.Class >= 20);
        Assert.Equal(1, rule.Fired);
        Assert.Empty(Engine.Requests);
        await connection.DisposeAsync();
        await WaitUntilAsync(() => Listener.ConnectionCount == 0 && Engine.OpenSessions == 0);
    }

    [Theory]
    [InlineData("Connect")]
    [InlineData("PreLogin")]
    [InlineData("Login")]
    public async Task CloseRst_BeforeTheSession_FailsTheOpen(string stage)
    {
        var point = stage switch { "Connect" => FaultPoint.Connect, "PreLogin" => FaultPoint.PreLogin, _ => FaultPoint.Login };

        // The client may try again by itself where the reset came before it had sent anything.
        var rule = Listener.Faults.On(point).Always().CloseRst();
        await using var connection = new SqlConnection(ConnectionString());

        await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.InRange(rule.Fired, 1, int.MaxValue);
        Assert.Empty(Engine.Logins);
        Listener.Faults.Clear();
        await connection.OpenAsync(Token);
    }

    [Fact]
    public async Task Error_AtLogin_IsTheLoginsError()
    {
        var rule = Listener.Faults.On(FaultPoint.Login).Error(18456, 14, 1, "Login failed for user 'sa'.");
        await using var connection = new SqlConnection(ConnectionString());

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Equal(18456, error.Number);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task Hang_WithAttention_EndsByTimeout()
    {
        ReplyWith(Number, 1);
        var rule = Listener.Faults.On(FaultPoint.AnyRequest).Hang();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection) { CommandTimeout = 1 };

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.Equal(-2, error.Number);
        Assert.Equal(1, rule.Fired);
        Assert.Empty(Engine.Requests);
        Assert.Equal(1, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Hang_IgnoringAttention_EndsWithTheConnectionOnly()
    {
        var rule = Listener.Faults.On(FaultPoint.AnyRequest).Hang(ignoreAttention: true);
        var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = command.ExecuteScalarAsync(cancel.Token);
        await rule.FirstFiring.WaitAsync(Token);

        await cancel.CancelAsync();
        Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token)));
        await connection.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => running);
        await WaitUntilAsync(() => Listener.ConnectionCount == 0);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task RunThenDrop_AtCommit_CommitsAndLosesTheReply()
    {
        var rule = Listener.Faults.On(FaultPoint.Commit).RunThenDrop();
        await using var connection = await OpenAsync();
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);

        var error = await Assert.ThrowsAsync<SqlException>(() => transaction.CommitAsync(Token));

        Assert.True(error.Class >= 20);
        Assert.Equal(1, rule.Fired);
        Assert.Contains("commit", Engine.Calls);
    }

    [Fact]
    public async Task RunThenDrop_AtARequest_RunsItAndLosesTheReply()
    {
        ReplyWithNumbers(5000);
        var rule = Listener.Faults.On(FaultPoint.Request("UPDATE")).RunThenDrop();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("UPDATE", connection);

        await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.Single(Engine.Requests);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task CloseRst_AfterRows_GivesSomeOfThemThenFails()
    {
        ReplyWithNumbers(100_000);
        var rule = Listener.Faults.On(FaultPoint.AfterRows(5_000)).CloseFin();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = 0;

        var error = await Assert.ThrowsAsync<SqlException>(async () =>
        {
            while (await reader.ReadAsync(Token)) rows++;
        });

        Assert.True(error.Class >= 20);
        Assert.InRange(rows, 1, 5_000);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task Error_AfterRows_ComesAfterExactlyThose()
    {
        ReplyWithNumbers(100_000);
        var rule = Listener.Faults.On(FaultPoint.AfterRows(123)).Error(823, 16, 1, "I/O error.");
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = 0;

        var error = await Assert.ThrowsAsync<SqlException>(async () =>
        {
            while (await reader.ReadAsync(Token)) rows++;
        });

        Assert.Equal((823, 123), (error.Number, rows));
        Assert.Equal(1, rule.Fired);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(20_001)]
    public async Task CutAfterBytes_InAResponse_FailsTheRead(int bytes)
    {
        ReplyWithNumbers(50_000);
        var rule = Listener.Faults.On(FaultPoint.AnyRequest).CutAfterBytes(bytes);
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);

        var error = await Assert.ThrowsAsync<SqlException>(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(Token);
            while (await reader.ReadAsync(Token))
            {
            }
        });

        Assert.True(error.Class >= 20);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task Delay_AtARequest_WaitsOnTheListenersClock()
    {
        var clock = new FakeTimeProvider();
        await using var listener = new SqlServerListener(Engine, clock, new SqlServerListenerOptions());
        await listener.StartAsync(Token);
        var rule = listener.Faults.On(FaultPoint.AnyRequest).Delay(TimeSpan.FromHours(1));
        await using var connection = new SqlConnection(listener.ConnectionString("TestDB") + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new SqlCommand("SELECT", connection);
        var running = command.ExecuteNonQueryAsync(Token);
        await rule.FirstFiring.WaitAsync(Token);
        Assert.Empty(Engine.Requests);

        while (!running.IsCompleted)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
        }

        await running;
        Assert.Single(Engine.Requests);
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task Garbage_InsteadOfPreLogin_EndsThatConnectionOnly()
    {
        ReplyWith(Number, 1);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", Listener.Port, Token);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token);

        Assert.Equal(0, await ReceiveToTheEndAsync(socket));

        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        Assert.Equal(1, await command.ExecuteScalarAsync(Token));
    }

    private static async Task<int> ReceiveToTheEndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[100], Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
