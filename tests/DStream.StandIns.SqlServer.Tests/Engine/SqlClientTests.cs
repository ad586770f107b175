using System.Data;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>Engine and listener together, through the unmodified client.</summary>
public sealed class SqlClientTests : IAsyncLifetime
{
    private readonly SqlServerEngine _engine = new(TimeProvider.System, new SqlServerEngineOptions { Capture = CaptureSchedule.AtCommit });
    private SqlServerListener _listener = null!;
    private SqlConnection _connection = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine.CreateDatabase("TestDB");
        _listener = new SqlServerListener(_engine, TimeProvider.System, new SqlServerListenerOptions());
        await _listener.StartAsync(Token);
        _connection = new SqlConnection(_listener.ConnectionString("TestDB") + ";Pooling=false");
        await _connection.OpenAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task ChangePage_FourPartPosition_ResumesInsideATransaction()
    {
        await ExecuteAsync("EXEC sys.sp_cdc_enable_db; CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL); EXEC sys.sp_cdc_enable_table N'dbo', N'Persons', @role_name = NULL");
        await ExecuteAsync("INSERT INTO dbo.Persons SELECT value, CONCAT(N'Person ', value) FROM GENERATE_SERIES(1, 2500)");
        await ExecuteAsync("UPDATE dbo.Persons SET Name = N'x' WHERE ID <= 10");

        var seen = new List<(int Operation, int Id)>();
        var (lsn, command, seqval, operation) = (new byte[10], 0, new byte[10], 0);
        for (var page = int.MaxValue; page > 0;)
        {
            await using var select = new SqlCommand("""
                SELECT TOP (@rows) ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], m.[tran_end_time], ct.[ID], ct.[Name]
                FROM [cdc].[dbo_Persons_CT] AS ct LEFT JOIN [cdc].[lsn_time_mapping] AS m ON m.[start_lsn] = ct.[__$start_lsn]
                WHERE ct.[__$start_lsn] >= @lsn AND ct.[__$start_lsn] <= sys.fn_cdc_get_max_lsn() AND (ct.[__$start_lsn] > @lsn OR ct.[__$command_id] > @cmd
                    OR (ct.[__$command_id] = @cmd AND (ct.[__$seqval] > @seq OR (ct.[__$seqval] = @seq AND ct.[__$operation] > @op)))) AND ct.[__$operation] <> 3
                ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation]
                """, _connection);
            select.Parameters.AddWithValue("@rows", 700);
            select.Parameters.Add("@lsn", SqlDbType.Binary, 10).Value = lsn;
            select.Parameters.AddWithValue("@cmd", command);
            select.Parameters.Add("@seq", SqlDbType.Binary, 10).Value = seqval;
            select.Parameters.AddWithValue("@op", operation);
            await using var reader = await select.ExecuteReaderAsync(Token);
            for (page = 0; await reader.ReadAsync(Token); page++)
            {
                (lsn, command, seqval, operation) = ((byte[])reader[0], reader.GetInt32(1), (byte[])reader[2], reader.GetInt32(3));
                Assert.False(reader.IsDBNull(5));
                seen.Add((operation, reader.GetInt32(6)));
            }
        }

        Assert.Equal([.. Enumerable.Range(1, 2500).Select(i => (2, i)), .. Enumerable.Range(1, 10).Select(i => (4, i))], seen);
    }

    [Fact]
    public async Task Transaction_ClientSide_RollbackAndCommit()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY)");

        await using (var rolledBack = (SqlTransaction)await _connection.BeginTransactionAsync(Token))
        {
            await ExecuteAsync("INSERT INTO dbo.T VALUES (1)", rolledBack);
            await rolledBack.RollbackAsync(Token);
        }
        await using (var committed = (SqlTransaction)await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Token))
        {
            await ExecuteAsync("INSERT INTO dbo.T VALUES (2)", committed);
            await committed.CommitAsync(Token);
        }

        await using var count = new SqlCommand("SELECT MAX(Id) + COUNT(*) FROM dbo.T", _connection);
        Assert.Equal(3, await count.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Insert_ThousandRowsOfParameters_AllThere()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY, S nvarchar(20))");
        await using var insert = new SqlCommand("INSERT INTO dbo.T (Id, S) VALUES " + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"(@i{i}, @s{i})")), _connection);
        for (var i = 0; i < 1000; i++)
        {
            insert.Parameters.AddWithValue($"@i{i}", i);
            insert.Parameters.AddWithValue($"@s{i}", $"row {i}");
        }

        Assert.Equal(1000, await insert.ExecuteNonQueryAsync(Token));
        await using var bad = new SqlCommand("INSERT INTO dbo.T VALUES (5, N'again')", _connection);
        Assert.Equal(2627, (await Assert.ThrowsAsync<SqlException>(() => bad.ExecuteNonQueryAsync(Token))).Number);
    }

    [Theory]
    [InlineData("INSERT INTO dbo.T OUTPUT inserted.Id VALUES (7), (8)", 2)]
    [InlineData("UPDATE dbo.T SET Id = Id + 10 OUTPUT inserted.Id", 3)]
    [InlineData("DELETE dbo.T OUTPUT deleted.Id WHERE Id < 3", 2)]
    [InlineData("MERGE dbo.T AS t USING (VALUES (1), (9)) AS s (Id) ON t.Id = s.Id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (Id) VALUES (s.Id) OUTPUT inserted.Id;", 2)]
    [InlineData("SELECT Id FROM dbo.T", -1)]
    public async Task RecordsAffected_StatementWithRows_IsItsCountUnlessItIsASelect(string sql, int expected)
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY); INSERT INTO dbo.T VALUES (1), (2), (3)");
        await using var command = new SqlCommand(sql, _connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
        {
        }
        await reader.CloseAsync();

        Assert.Equal(expected, reader.RecordsAffected);
    }

    private async Task ExecuteAsync(string sql, SqlTransaction? transaction = null)
    {
        await using var command = new SqlCommand(sql, _connection, transaction);
        await command.ExecuteNonQueryAsync(Token);
    }
}
