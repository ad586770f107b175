using DStream.Core;
using DStream.Sandbox;
using DStream.ServiceBus;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.EndToEnd.Tests;

/// <summary>The servers of one test, with names of its own for all that it creates there.</summary>
internal sealed class EndToEndServers : IAsyncDisposable
{
    private EndToEndServers(TestSqlServer sqlServer, TestServiceBus serviceBus)
    {
        (SqlServer, ServiceBus) = (sqlServer, serviceBus);
        Queue = "ingest-" + sqlServer.Database;

        // The topics have the database's name in theirs.
        serviceBus.Own(sqlServer.Database);
    }

    public TestSqlServer SqlServer { get; }

    public TestServiceBus ServiceBus { get; }

    /// <summary>The ingest queue.</summary>
    public string Queue { get; }

    /// <summary>What clients connect with; leases are held in the process.</summary>
    public SandboxConnections Connections => new(SqlServer.ConnectionString, ServiceBus.ConnectionString, Blob: null);

    public static async Task<EndToEndServers> OpenAsync(CancellationToken cancellationToken)
    {
        // In this order on every test: an emulator is handed out one by one.
        var serviceBus = await ServiceBusFixture.OpenAsync(cancellationToken);
        try
        {
            return new EndToEndServers(await SqlServerFixture.OpenAsync(standIn: null, cancellationToken), serviceBus);
        }
        catch
        {
            await serviceBus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The topic of a table.</summary>
    public string Topic(TableName table) =>
        DestinationName.For(new SqlConnectionStringBuilder(SqlServer.ConnectionString).DataSource, SqlServer.Database, table).Value;

    /// <summary>DStream's own client, for what a test puts in or takes out by hand.</summary>
    public ServiceBusNamespace Connect() =>
        new(ServiceBusOptions.For(ServiceBus.ConnectionString), TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);

    public async ValueTask DisposeAsync()
    {
        await ServiceBus.DisposeAsync();
        await SqlServer.DisposeAsync();
    }
}
