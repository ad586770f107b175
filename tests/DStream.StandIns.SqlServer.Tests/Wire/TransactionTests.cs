using System.Data;
using System.Diagnostics;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;
using SqlError = DStream.StandIns.SqlServer.Sessions.SqlError;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class TransactionTests : WireTest
{
    [Fact]
    public async Task SqlTransaction_Commit_ReachesTheSession()
    {
        await using var connection = await OpenAsync();
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.Serializable, Token);
        await using var command = new SqlCommand("INSERT", connection, transaction);
        await command.ExecuteNonQueryAsync(Token);

        await transaction.CommitAsync(Token);

        Assert.Equal(["begin Serializable", "commit"], Engine.Calls);
    }

    [Fact]
    public async Task SqlTransaction_SaveAndRollback_ReachTheSession()
    {
        await using var connection = await OpenAsync();
        await using var transaction = connection.BeginTransaction(IsolationLevel.Snapshot, "named");
        transaction.Save("here");
        transaction.Rollback("here");

        transaction.Rollback();

        Assert.Equal(["begin Snapshot named", "save here", "rollback here", "rollback"], Engine.Calls);
        await using var next = await connection.BeginTransactionAsync(Token);
        await next.CommitAsync(Token);
    }

    [Fact]
    public async Task SqlTransaction_EndedByTheServer_IsSeenByTheClient()
    {
        Engine.Answer = (session, _, sink, _) =>
        {
            session.TransactionDescriptor = 0;
            sink.Message(new SqlError(1205, 51, 13, "Transaction was deadlocked."));
            return ValueTask.CompletedTask;
        };
        await using var connection = await OpenAsync();
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);
        await using var command = new SqlCommand("UPDATE", connection, transaction);

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteNonQueryAsync(Token));

        Assert.Equal(1205, error.Number);
        Assert.Null(transaction.Connection);
    }

    [Fact]
    public async Task Commit_SessionRefuses_IsAnError()
    {
        // After a failed commit the client asks for @@TRANCOUNT, through an output parameter.
        Engine.Reply((request, sink) => sink.OutputParameter(request.Parameters[0] with { Value = 1 }));
        await using var connection = await OpenAsync();
        Listener.Faults.On(FaultPoint.Commit).Error(3902, 16, 1, "No BEGIN TRANSACTION.");
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);

        var error = await Assert.ThrowsAsync<SqlException>(() => transaction.CommitAsync(Token));

        Assert.Equal(3902, error.Number);
    }

    [Fact]
    public async Task DeadConnection_InATransaction_IsNotReplacedSilently()
    {
        ReplyWith(new SqlColumn("n", new SqlType(SqlKind.Int), false), 1);
        await using var connection = await OpenAsync("Pooling=false;ConnectRetryCount=3;ConnectRetryInterval=1");
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);
        await DropAsync();
        await using var command = new SqlCommand("INSERT", connection, transaction);

        await Assert.ThrowsAnyAsync<Exception>(() => command.ExecuteScalarAsync(Token));

        Assert.Single(Engine.Logins);
    }

    [Fact]
    public async Task DeadConnection_Idle_IsRestoredWithItsDatabase()
    {
        Engine.Answer = (session, request, sink, _) =>
        {
            if (request.Text.StartsWith("USE", StringComparison.Ordinal)) session.Database = "Other";
            sink.Columns([new SqlColumn("db", new SqlType(SqlKind.NVarChar, 256), false)]);
            sink.Row([session.Database]);
            sink.StatementDone(1);
            return ValueTask.CompletedTask;
        };
        await using var connection = await OpenAsync("Pooling=false;ConnectRetryCount=3;ConnectRetryInterval=1");
        await using var use = new SqlCommand("USE Other", connection);
        await use.ExecuteScalarAsync(Token);
        Assert.Equal("Other", connection.Database);
        await DropAsync();
        await using var command = new SqlCommand("SELECT DB_NAME()", connection);

        var database = await command.ExecuteScalarAsync(Token);

        Assert.Equal("Other", database);
        Assert.Equal(["TestDB", "Other"], Engine.Logins.Select(login => login.Database));
    }

    /// <summary>The client looks at the socket before a request only where it last heard of the server more than 5 ms ago.</summary>
    private async Task DropAsync()
    {
        await Listener.DropConnectionsAsync(reset: false);
        var sinceDrop = Stopwatch.StartNew();
        await WaitUntilAsync(() => sinceDrop.ElapsedMilliseconds > 20);
    }
}
