using DStream.Core;
using DStream.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Contracts.Tests.SqlServer;

/// <summary>The SQL Server provider, over the stand-in and over a real server.</summary>
public static class SqlServerContractTests
{
    public sealed class ChangesOverStandIn : ChangeSourceContract
    {
        protected override async ValueTask<IChangeSourceFixture> StartAsync() => await SqlServerDatabaseFixture.OnStandInAsync(Stop);
    }

    public sealed class ChangesOverRealServer(RealSqlServer server) : ChangeSourceContract
    {
        protected override async ValueTask<IChangeSourceFixture> StartAsync() => await SqlServerDatabaseFixture.OnServerAsync(server.ConnectionString, Stop);
    }

    public sealed class CheckpointsOverStandIn : SqlServerCheckpoints
    {
        protected override Task<SqlServerDatabaseFixture> StartAsync() => SqlServerDatabaseFixture.OnStandInAsync(Stop);
    }

    public sealed class CheckpointsOverRealServer(RealSqlServer server) : SqlServerCheckpoints
    {
        protected override Task<SqlServerDatabaseFixture> StartAsync() => SqlServerDatabaseFixture.OnServerAsync(server.ConnectionString, Stop);
    }

    public abstract class SqlServerCheckpoints : CheckpointStoreContract
    {
        private SqlServerDatabaseFixture? _database;

        public override async ValueTask DisposeAsync()
        {
            if (_database is not null) await _database.DisposeAsync();
            GC.SuppressFinalize(this);
        }

        protected override async ValueTask<ICheckpointStore> OpenAsync()
        {
            _database = await StartAsync();
            return new SqlServerCheckpointStore(
                new SqlServerCheckpointOptions { ConnectionString = _database.ConnectionString }, TimeProvider.System,
                NullLogger<SqlServerCheckpointStore>.Instance);
        }

        protected override SourceTable NewTable() =>
            base.NewTable() with { Database = new SqlConnectionStringBuilder(_database!.ConnectionString).InitialCatalog };

        protected abstract Task<SqlServerDatabaseFixture> StartAsync();
    }
}
