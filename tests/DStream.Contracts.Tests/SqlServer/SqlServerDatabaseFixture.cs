using DStream.Core;
using DStream.SqlServer;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;
using Lsn = DStream.Core.Lsn;

namespace DStream.Contracts.Tests.SqlServer;

/// <summary>A database of its own, on a real SQL Server or on a stand-in.</summary>
public sealed class SqlServerDatabaseFixture : IChangeSourceFixture
{
    private readonly string _database = "dstream_" + Guid.NewGuid().ToString("N");
    private readonly string _server;
    private readonly SqlServerListener? _listener;

    private SqlServerDatabaseFixture(string server, SqlServerListener? listener) => (_server, _listener) = (server, listener);

    public string ConnectionString => new SqlConnectionStringBuilder(_server) { InitialCatalog = _database }.ConnectionString;

    /// <summary>On a stand-in whose capture runs inside of the commit.</summary>
    public static async Task<SqlServerDatabaseFixture> OnStandInAsync(CancellationToken cancellationToken)
    {
        var engine = new SqlServerEngine(TimeProvider.System, new SqlServerEngineOptions { Capture = CaptureSchedule.AtCommit });
        var listener = new SqlServerListener(engine, TimeProvider.System, new SqlServerListenerOptions());
        await listener.StartAsync(cancellationToken);
        var fixture = new SqlServerDatabaseFixture(listener.ConnectionString("master"), listener);
        engine.CreateDatabase(fixture._database);
        await fixture.RunAsync("EXEC sys.sp_cdc_enable_db;", cancellationToken);
        return fixture;
    }

    /// <summary>On a real server, whose login may create databases; its agent must run, or nothing is captured.</summary>
    public static async Task<SqlServerDatabaseFixture> OnServerAsync(string connectionString, CancellationToken cancellationToken)
    {
        var fixture = new SqlServerDatabaseFixture(connectionString, null);
        await RunAsync(connectionString, $"CREATE DATABASE [{fixture._database}];", cancellationToken);
        await fixture.RunAsync("EXEC sys.sp_cdc_enable_db;", cancellationToken);
        return fixture;
    }

    public IChangeSource Open(bool functionOrder, UpdateImages images) => new SqlServerChangeSource(
        new SqlServerSourceOptions
        {
            ConnectionString = ConnectionString,
            Tables = new TableReadOptions { ReadMode = functionOrder ? ReadMode.Function : ReadMode.ChangeTable, UpdateImages = images },
        },
        TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance);

    public async Task<TableName> CreateTableAsync(bool captured, CancellationToken cancellationToken)
    {
        var table = new TableName("dbo", "t" + Guid.NewGuid().ToString("N"));
        await RunAsync($"CREATE TABLE {table.Quoted} (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL);", cancellationToken);
        if (captured)
            await RunAsync($"EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'{table.Table}', @role_name = NULL;", cancellationToken);
        return table;
    }

    public async Task CommitAsync(TableName table, CancellationToken cancellationToken, params RowChange[] changes)
    {
        var before = await ScalarAsync($"SELECT COUNT(*) FROM cdc.[dbo_{table.Table}_CT];", cancellationToken);
        var statements = string.Join('\n', changes.Select(change => Statement(table, change)));
        await RunAsync($"BEGIN TRANSACTION;\n{statements}\nCOMMIT;", cancellationToken);
        // Captured at once on a stand-in, within seconds by a server's agent.
        while (await ScalarAsync($"SELECT COUNT(*) FROM cdc.[dbo_{table.Table}_CT];", cancellationToken) == before)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
    }

    public Task CleanUpAsync(TableName table, Lsn low, CancellationToken cancellationToken) => RunAsync(
        $"EXEC sys.sp_cdc_cleanup_change_table @capture_instance = N'dbo_{table.Table}', @low_water_mark = 0x{low}, @threshold = 5000;", cancellationToken);

    public Task StopCaptureAsync(TableName table, CancellationToken cancellationToken) => RunAsync(
        $"EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'{table.Table}', @capture_instance = N'all';", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null) await _listener.DisposeAsync();
        else await RunAsync(_server, $"ALTER DATABASE [{_database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{_database}];", CancellationToken.None);
    }

    private static string Statement(TableName table, RowChange change) => change switch
    {
        RowChange.Insert(var id, var name) => $"INSERT INTO {table.Quoted} (Id, Name) VALUES ({id}, N'{name}');",
        RowChange.Update(var id, var name) => $"UPDATE {table.Quoted} SET Name = N'{name}' WHERE Id = {id};",
        RowChange.Delete(var id) => $"DELETE FROM {table.Quoted} WHERE Id = {id};",
        RowChange.SwapIds(var first, var second) => $"UPDATE {table.Quoted} SET Id = {first + second} - Id WHERE Id IN ({first}, {second});",
        _ => throw new ArgumentException($"Unknown change {change}.", nameof(change)),
    };

    private Task RunAsync(string batch, CancellationToken cancellationToken) => RunAsync(ConnectionString, batch, cancellationToken);

    private static async Task RunAsync(string connectionString, string batch, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqlCommand(batch, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> ScalarAsync(string query, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqlCommand(query, connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
