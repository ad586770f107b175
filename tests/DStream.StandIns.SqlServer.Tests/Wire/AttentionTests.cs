using System.Data;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class AttentionTests : WireTest
{
    private static readonly SqlColumn Number = new("n", new SqlType(SqlKind.Int), IsNullable: false);

    [Fact]
    public async Task Cancel_WhileTheEngineRuns_StopsItAndKeepsTheConnection()
    {
        var started = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        Engine.Answer = async (_, _, _, attention) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attention);
            }
            finally
            {
                stopped.SetResult();
            }
        };
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("WAITFOR", connection);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = command.ExecuteNonQueryAsync(cancel.Token);
        await started.Task.WaitAsync(Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => running);
        await stopped.Task.WaitAsync(Token);
        ReplyWith(Number, 7);
        for (var i = 0; i < 3; i++) Assert.Equal(7, await command.ExecuteScalarAsync(Token));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_WhileTheEngineRuns_IsError0OfClass11(bool byToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Engine.Answer = async (_, _, _, attention) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attention);
        };
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("WAITFOR", connection);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = command.ExecuteNonQueryAsync(cancel.Token);
        await started.Task.WaitAsync(Token);

        if (byToken) await cancel.CancelAsync();
        else command.Cancel();

        var error = await Assert.ThrowsAsync<SqlException>(() => running);
        Assert.Equal((0, 11), (error.Number, error.Class));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task CommandTimeout_SlowRequest_FailsMinus2()
    {
        Engine.Answer = async (_, _, _, attention) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attention);
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("WAITFOR", connection) { CommandTimeout = 1 };

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteNonQueryAsync(Token));

        Assert.Equal((-2, 11), (error.Number, error.Class));
        ReplyWith(Number, 7);
        Assert.Equal(7, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Close_ReaderAmidAnEndlessResult_StopsTheEngine()
    {
        var stopped = new TaskCompletionSource();
        Engine.Answer = async (_, _, sink, attention) =>
        {
            sink.Columns([Number]);
            try
            {
                for (var i = 0; ; i++)
                {
                    sink.Row([i]);
                    if (i % 200 == 0) await sink.FlushAsync(attention);
                }
            }
            finally
            {
                stopped.SetResult();
            }
        };
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        await using (var reader = await command.ExecuteReaderAsync(Token))
        {
            for (var i = 0; i < 1000; i++) Assert.True(await reader.ReadAsync(Token));
            command.Cancel();
        }

        await stopped.Task.WaitAsync(Token);
        ReplyWith(Number, 7);
        Assert.Equal(7, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Cancel_RacingWithTheResponse_NeverLosesStep()
    {
        ReplyWith(Number, 7);
        await using var connection = await OpenAsync();
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            await using var command = new SqlCommand("SELECT", connection);
            using var cancel = new CancellationTokenSource();
            var running = command.ExecuteScalarAsync(cancel.Token);
            for (var spins = random.Next(400); spins > 0; spins--) Thread.SpinWait(20);
            await cancel.CancelAsync();
            try
            {
                Assert.Equal(7, await running);
            }
            catch (Exception e) when (e is OperationCanceledException or SqlException { Class: < 20 })
            {
                // Either outcome is right; the next round shows whether the two still agree on where they are.
            }
        }

        await using var last = new SqlCommand("SELECT", connection);
        Assert.Equal(7, await last.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Close_ConnectionWhileTheEngineRuns_CancelsTheRequest()
    {
        var started = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        Engine.Answer = async (_, _, _, attention) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attention).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped.SetResult();
        };
        var connection = await OpenAsync();
        await using var command = new SqlCommand("WAITFOR", connection);
        var running = command.ExecuteNonQueryAsync(Token);
        await started.Task.WaitAsync(Token);

        await connection.DisposeAsync();

        await stopped.Task.WaitAsync(Token);
        await Assert.ThrowsAnyAsync<Exception>(() => running);
    }
}
