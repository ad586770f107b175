using System.Diagnostics;
using DStream.StandIns.SqlServer.Tests.BulkLoad;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests;

/// <summary>Idle connection resiliency of the unmodified client: what a session was is there again, or the client is told that it is not.</summary>
public sealed class RecoveryTests : BulkLoadTest
{
    [Fact]
    public async Task DeadConnection_Idle_IsRestoredWithItsOptionsAndDatabaseTwice()
    {
        Engine.CreateDatabase("Other");
        await using var connection = await OpenAsync("ConnectRetryCount=3;ConnectRetryInterval=1");
        await RunAsync(connection, "USE Other; SET LOCK_TIMEOUT 1234; SET XACT_ABORT ON; SET DATEFIRST 3");

        for (var i = 0; i < 2; i++)
        {
            await DropAsync();
            Assert.Equal("Other 1234 3", await RunAsync(connection, "SELECT CONCAT(DB_NAME(), ' ', @@LOCK_TIMEOUT, ' ', @@DATEFIRST)"));
        }
    }

    [Theory]
    [InlineData("CREATE TABLE #T (Id int)")]
    [InlineData("BEGIN TRAN")]
    public async Task DeadConnection_WithWhatNoOtherCouldHave_IsNotReplaced(string sql)
    {
        await using var connection = await OpenAsync("ConnectRetryCount=3;ConnectRetryInterval=1");
        await RunAsync(connection, sql);
        await DropAsync();

        var error = await Assert.ThrowsAsync<SqlException>(() => RunAsync(connection, "SELECT 1"));

        Assert.True(error.Class >= 20);
    }

    [Fact]
    public async Task DeadConnection_TempTableDropped_IsRestoredAgain()
    {
        await using var connection = await OpenAsync("ConnectRetryCount=3;ConnectRetryInterval=1");
        await RunAsync(connection, "CREATE TABLE #T (Id int)");
        await RunAsync(connection, "DROP TABLE #T");
        await DropAsync();

        Assert.Equal(1, await RunAsync(connection, "SELECT 1"));
    }

    /// <summary>The client looks at the socket before a request only where it last heard of the server more than 5 ms ago.</summary>
    private async Task DropAsync()
    {
        await Listener.DropConnectionsAsync(reset: false);
        var sinceDrop = Stopwatch.StartNew();
        while (sinceDrop.ElapsedMilliseconds < 20) await Task.Yield();
    }

    private static async Task<object?> RunAsync(SqlConnection connection, string sql)
    {
        await using var command = new SqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
