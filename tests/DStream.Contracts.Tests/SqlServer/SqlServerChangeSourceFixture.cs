using DStream.Core;
using DStream.SqlServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Contracts.Tests.SqlServer;

/// <summary>A database of its own, on whichever server the tests run.</summary>
public sealed class SqlServerChangeSourceFixture : IChangeSourceFixture
{
    private readonly TestSqlServer _server;

    private SqlServerChangeSourceFixture(TestSqlServer server) => _server = server;

    public static async Task<SqlServerChangeSourceFixture> StartAsync(CancellationToken cancellationToken)
    {
        var server = await SqlServerFixture.OpenAsync(standIn: null, cancellationToken);
        await server.CreateDatabaseAsync(enableCdc: true, cancellationToken);
        return new SqlServerChangeSourceFixture(server);
    }

    public IChangeSource Open(bool functionOrder, UpdateImages images) => new SqlServerChangeSource(
        new SqlServerSourceOptions
        {
            ConnectionString = _server.ConnectionString,
            Tables = new TableReadOptions { ReadMode = functionOrder ? ReadMode.Function : ReadMode.ChangeTable, UpdateImages = images },
        },
        TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance);

    public async Task<TableName> CreateTableAsync(bool captured, CancellationToken cancellationToken)
    {
        var table = new TableName("dbo", "t" + Guid.NewGuid().ToString("N"));
        await _server.RunAsync($"CREATE TABLE {table.Quoted} (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL);", cancellationToken);
        if (captured)
            await _server.RunAsync($"EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'{table.Table}', @role_name = NULL;", cancellationToken);
        return table;
    }

    public Task CommitAsync(TableName table, CancellationToken cancellationToken, params RowChange[] changes) =>
        _server.CommitAsync($"dbo_{table.Table}", string.Join('\n', changes.Select(change => Statement(table, change))), cancellationToken);

    public Task CleanUpAsync(TableName table, Lsn low, CancellationToken cancellationToken) => _server.RunAsync(
        $"EXEC sys.sp_cdc_cleanup_change_table @capture_instance = N'dbo_{table.Table}', @low_water_mark = 0x{low}, @threshold = 5000;", cancellationToken);

    public Task StopCaptureAsync(TableName table, CancellationToken cancellationToken) => _server.RunAsync(
        $"EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'{table.Table}', @capture_instance = N'all';", cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Statement(TableName table, RowChange change) => change switch
    {
        RowChange.Insert(var id, var name) => $"INSERT INTO {table.Quoted} (Id, Name) VALUES ({id}, N'{name}');",
        RowChange.Update(var id, var name) => $"UPDATE {table.Quoted} SET Name = N'{name}' WHERE Id = {id};",
        RowChange.Delete(var id) => $"DELETE FROM {table.Quoted} WHERE Id = {id};",
        RowChange.SwapIds(var first, var second) => $"UPDATE {table.Quoted} SET Id = {first + second} - Id WHERE Id IN ({first}, {second});",
        _ => throw new ArgumentException($"Unknown change {change}.", nameof(change)),
    };
}
