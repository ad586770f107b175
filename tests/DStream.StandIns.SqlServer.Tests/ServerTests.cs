using System.Data;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Faults;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests;

/// <summary>Both halves together: the unmodified client, the wire, the engine.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private readonly SqlServerEngine _engine = new(TimeProvider.System);
    private SqlServerListener _listener = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine.CreateDatabase("TestDB");
        _listener = new SqlServerListener(_engine, TimeProvider.System, new SqlServerListenerOptions());
        await _listener.StartAsync(Token);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Open_UnknownDatabase_Fails4060()
    {
        await using var connection = new SqlConnection(_listener.ConnectionString("Nowhere") + ";Pooling=false;ConnectRetryCount=0");

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Equal(4060, error.Number);
    }

    [Fact]
    public async Task Insert_TrackedTable_IsReadThroughTheChangeFunction()
    {
        await using var connection = await OpenTrackedAsync();
        await using var insert = new SqlCommand("INSERT INTO dbo.Persons (ID, FirstName) VALUES (@id, @name)", connection);
        insert.Parameters.Add("@id", SqlDbType.Int);
        insert.Parameters.Add("@name", SqlDbType.NVarChar, 100);
        for (var i = 1; i <= 3; i++)
        {
            (insert.Parameters[0].Value, insert.Parameters[1].Value) = (i, $"Diana {i}");
            Assert.Equal(1, await insert.ExecuteNonQueryAsync(Token));
        }

        var names = await ChangesAsync(connection, 3);

        Assert.Equal(["2 Diana 1", "2 Diana 2", "2 Diana 3"], names);
    }

    [Fact]
    public async Task SqlTransaction_RolledBack_LeavesNothing()
    {
        await using var connection = await OpenTrackedAsync();
        await using (var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token))
        {
            await ExecuteAsync(connection, "INSERT INTO dbo.Persons (ID, FirstName) VALUES (1, N'x')", transaction);
            await transaction.RollbackAsync(Token);
        }

        Assert.Equal(0, await ScalarAsync(connection, "SELECT COUNT(*) FROM dbo.Persons"));
    }

    [Fact]
    public async Task Commit_ReplyLost_IsCommitted()
    {
        await using var connection = await OpenTrackedAsync();
        var rule = _listener.Faults.On(FaultPoint.Commit).RunThenDrop();
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);
        await ExecuteAsync(connection, "INSERT INTO dbo.Persons (ID, FirstName) VALUES (1, N'x')", transaction);

        await Assert.ThrowsAsync<SqlException>(() => transaction.CommitAsync(Token));

        Assert.Equal(1, rule.Fired);
        await using var other = await OpenAsync();
        Assert.Equal(1, await ScalarAsync(other, "SELECT COUNT(*) FROM dbo.Persons"));
    }

    [Fact]
    public async Task Commit_Refused_LetsTheClientCountItsTransactions()
    {
        await using var connection = await OpenTrackedAsync();
        _listener.Faults.On(FaultPoint.Commit).Error(8645, 17, 1, "A timeout occurred.");
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Token);

        var error = await Assert.ThrowsAsync<SqlException>(() => transaction.CommitAsync(Token));

        Assert.Equal(8645, error.Number);
    }

    [Fact]
    public async Task Execute_DuplicateKey_Fails2627AndKeepsTheConnection()
    {
        await using var connection = await OpenTrackedAsync();
        await ExecuteAsync(connection, "INSERT INTO dbo.Persons (ID, FirstName) VALUES (1, N'x')");

        var error = await Assert.ThrowsAsync<SqlException>(
            () => ExecuteAsync(connection, "INSERT INTO dbo.Persons (ID, FirstName) VALUES (1, N'x')"));

        Assert.Equal((2627, 14), (error.Number, error.Class));
        Assert.Equal(1, await ScalarAsync(connection, "SELECT COUNT(*) FROM dbo.Persons"));
    }

    [Fact]
    public async Task Restart_OfTheListener_KeepsTheData()
    {
        await using (var connection = await OpenTrackedAsync())
            await ExecuteAsync(connection, "INSERT INTO dbo.Persons (ID, FirstName) VALUES (1, N'x')");
        await _listener.StopAcceptingAsync();
        await _listener.DropConnectionsAsync();

        await _listener.StartAsync(Token);

        await using var again = await OpenAsync();
        Assert.Equal(1, await ScalarAsync(again, "SELECT COUNT(*) FROM dbo.Persons"));
    }

    private async Task<SqlConnection> OpenAsync()
    {
        var connection = new SqlConnection(_listener.ConnectionString("TestDB") + ";Pooling=false;ConnectRetryCount=0");
        await connection.OpenAsync(Token);
        return connection;
    }

    private async Task<SqlConnection> OpenTrackedAsync()
    {
        var connection = await OpenAsync();
        await ExecuteAsync(connection, "CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, FirstName nvarchar(100) NULL)");
        await ExecuteAsync(connection, "EXEC sys.sp_cdc_enable_db");
        await ExecuteAsync(connection, "EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL");
        return connection;
    }

    private static async Task ExecuteAsync(SqlConnection connection, string text, SqlTransaction? transaction = null)
    {
        await using var command = new SqlCommand(text, connection, transaction);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<object?> ScalarAsync(SqlConnection connection, string text)
    {
        await using var command = new SqlCommand(text, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    private static async Task<List<string>> ChangesAsync(SqlConnection connection, int count)
    {
        await using var command = new SqlCommand(
            "DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn(), @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_Persons'); "
            + "IF @to >= @from SELECT __$operation, FirstName FROM cdc.fn_cdc_get_all_changes_dbo_Persons(@from, @to, N'all') ORDER BY __$start_lsn",
            connection);
        while (true)
        {
            var changes = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(Token);
            while (await reader.ReadAsync(Token)) changes.Add($"{reader.GetInt32(0)} {reader.GetString(1)}");
            if (changes.Count >= count) return changes;
        }
    }
}
