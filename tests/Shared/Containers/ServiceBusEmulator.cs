using System.Text;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;

namespace DStream.Tests.Shared;

/// <summary>
/// The official emulator, which keeps its messages in a SQL Server beside it. Source of images, ports, variables and of the place of its
/// configuration: https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator.
/// </summary>
internal sealed class ServiceBusEmulator : IAsyncDisposable
{
    private const string Image = "mcr.microsoft.com/azure-messaging/servicebus-emulator:latest";
    private const int AmqpPort = 5672;
    private const int AdministrationPort = 5300;

    // The key is the emulator's own, and the same for everybody.
    private const string Key = "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true";

    /// <summary>No entity: the tests create what they need.</summary>
    private const string Configuration =
        """{"UserConfig":{"Namespaces":[{"Name":"sbemulatorns","Queues":[],"Topics":[]}],"Logging":{"Type":"Console"}}}""";

    private readonly INetwork _network;
    private readonly IContainer _database;
    private readonly IContainer _emulator;

    private ServiceBusEmulator(string password)
    {
        _network = new NetworkBuilder().Build();
        _database = new ContainerBuilder(SqlServerContainer.Image)
            .WithNetwork(_network).WithNetworkAliases("sql").WithEnvironment("ACCEPT_EULA", "Y").WithEnvironment("MSSQL_SA_PASSWORD", password)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged("SQL Server is now ready for client connections"))
            .Build();
        _emulator = new ContainerBuilder(Image)
            .WithNetwork(_network).WithEnvironment("ACCEPT_EULA", "Y").WithEnvironment("SQL_SERVER", "sql").WithEnvironment("MSSQL_SA_PASSWORD", password)
            .WithResourceMapping(Encoding.UTF8.GetBytes(Configuration), "/ServiceBus_Emulator/ConfigFiles/Config.json")
            .WithPortBinding(AmqpPort, assignRandomHostPort: true).WithPortBinding(AdministrationPort, assignRandomHostPort: true)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(static health => health.ForPort(AdministrationPort).ForPath("/health")))
            .Build();
    }

    /// <summary>With DStream's own key for the port of the administration, which the emulator's clients expect at a fixed place.</summary>
    private string ConnectionString =>
        $"Endpoint=sb://{_emulator.Hostname}:{_emulator.GetMappedPublicPort(AmqpPort)};{Key};AdministrationPort={_emulator.GetMappedPublicPort(AdministrationPort)}";

    public static async Task<(IAsyncDisposable Container, string ConnectionString)> StartAsync(CancellationToken cancellationToken)
    {
        var emulator = new ServiceBusEmulator($"Pw-{Guid.NewGuid():N}");
        try
        {
            await emulator._network.CreateAsync(cancellationToken);
            await emulator._database.StartAsync(cancellationToken);
            await emulator._emulator.StartAsync(cancellationToken);
            return (emulator, emulator.ConnectionString);
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        await _database.DisposeAsync();
        await _network.DisposeAsync();
    }
}
