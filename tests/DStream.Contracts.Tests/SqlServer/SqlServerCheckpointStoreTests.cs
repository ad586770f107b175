using DStream.Core;
using DStream.SqlServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Contracts.Tests.SqlServer;

public sealed class SqlServerCheckpointStoreTests : CheckpointStoreContract
{
    private TestSqlServer? _server;

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    protected override async ValueTask<ICheckpointStore> OpenAsync()
    {
        _server = await SqlServerFixture.OpenAsync(standIn: null, Stop);
        await _server.CreateDatabaseAsync(enableCdc: false, Stop);
        return new SqlServerCheckpointStore(
            new SqlServerCheckpointOptions { ConnectionString = _server.ConnectionString }, TimeProvider.System, NullLogger<SqlServerCheckpointStore>.Instance);
    }

    protected override SourceTable NewTable() => base.NewTable() with { Database = _server!.Database };
}
