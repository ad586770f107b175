using DStream.StandIns.ServiceBus;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Engine;

namespace DStream.Sandbox;

/// <summary>The stand-in servers of a sandbox, on loopback.</summary>
public sealed class SandboxServers : IAsyncDisposable
{
    /// <summary>The database that the sandbox creates.</summary>
    public const string Database = "TestDB";

    // Wrong passwords must fail here as they do on a server of one's own.
    private static readonly Dictionary<string, string> Logins = new() { ["sa"] = "DStream-dev-1" };

    private readonly AzuriteProcess? _azurite;

    private SandboxServers(SqlServerListener sql, ServiceBusStandIn bus, AzuriteProcess? azurite)
    {
        SqlServer = sql;
        ServiceBus = bus;
        _azurite = azurite;
    }

    public SqlServerListener SqlServer { get; }

    public ServiceBusStandIn ServiceBus { get; }

    /// <summary>To the server, without the sandbox's database.</summary>
    public string ServerConnectionString => SqlServer.ConnectionString("master");

    /// <summary>What clients connect with.</summary>
    public SandboxConnections Connections => new(SqlServer.ConnectionString(Database), ServiceBus.ConnectionString, _azurite?.ConnectionString);

    /// <summary>Starts all servers on free ports.</summary>
    public static async Task<SandboxServers> StartAsync(bool azurite, TimeProvider time, CancellationToken cancellationToken)
    {
        var blobs = azurite ? await AzuriteProcess.StartAsync(time, cancellationToken) : null;
        var sql = new SqlServerListener(new SqlServerEngine(time, new SqlServerEngineOptions()), time, new SqlServerListenerOptions { Logins = Logins });
        await sql.StartAsync(cancellationToken);
        var bus = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = time }, cancellationToken);
        return new SandboxServers(sql, bus, blobs);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ServiceBus.DisposeAsync();
        await SqlServer.DisposeAsync();
        if (_azurite is not null) await _azurite.DisposeAsync();
    }
}
