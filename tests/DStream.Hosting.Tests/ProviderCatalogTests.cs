using DStream.Configuration;
using DStream.Core;
using DStream.InMemory;
using DStream.RabbitMq;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Hosting.Tests;

public sealed class ProviderCatalogTests : IAsyncDisposable
{
    private const string Bus = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=a2V5;UseDevelopmentEmulator=true";

    private readonly ProviderCatalog _catalog = new(TimeProvider.System, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public void Known_EveryMember_NamesExactlyWhatCanBeMade()
    {
        var known = ProviderCatalog.Known;

        Assert.Equal(Types(known.Databases), ProviderCatalog.Types[nameof(ProviderCatalog.Source)].Order());
        Assert.Equal(Types(known.Databases), ProviderCatalog.Types[nameof(ProviderCatalog.Checkpoints)].Order());
        Assert.Equal(Types(known.Locks), ProviderCatalog.Types[nameof(ProviderCatalog.Leases)].Order());
        Assert.Equal(Types(known.Queues), ProviderCatalog.Types[nameof(ProviderCatalog.Queue)].Order());
        Assert.Equal(Types(known.Outputs), ProviderCatalog.Types[nameof(ProviderCatalog.Output)].Order());
    }

    [Fact]
    public void Queue_UnknownType_SaysWhichAreKnown()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _catalog.Queue(new QueueConfig { Type = "kafka", Name = "q" }));

        Assert.Equal("No provider 'kafka'. Known: azure_service_bus, rabbitmq, memory.", error.Message);
    }

    [Fact]
    public void Queue_SameNamespaceAsOutput_SharesOneConnection()
    {
        var queue = _catalog.Queue(new QueueConfig { Type = "azure_service_bus", Name = "q", ConnectionString = Bus });
        var output = _catalog.Output(new OutputConfig { Type = "azure_service_bus", ConnectionString = Bus });

        Assert.Same(queue.Senders, queue.Receivers);
        Assert.Same(queue.Senders, output.Senders);
    }

    [Fact]
    public void Queue_OverWebSockets_IsAnotherConnectionThanOverTcp()
    {
        var queue = _catalog.Queue(new QueueConfig { Type = "azure_service_bus", Name = "q", ConnectionString = Bus, Transport = AmqpTransport.AmqpWebSockets });
        var tcp = _catalog.Output(new OutputConfig { Type = "azure_service_bus", ConnectionString = Bus });
        var output = _catalog.Output(new OutputConfig { Type = "azure_service_bus", ConnectionString = Bus, Transport = AmqpTransport.AmqpWebSockets });

        Assert.NotSame(queue.Senders, tcp.Senders);
        Assert.Same(queue.Senders, output.Senders);
    }

    [Fact]
    public void Output_PlainAmqp_AdministersNothing()
    {
        var output = _catalog.Output(new OutputConfig { Type = "amqp", ConnectionString = "amqp://u:p@h", Address = "/queue/{destination}" });

        Assert.IsType<AmqpBroker>(output.Senders);
        Assert.IsType<NoAdministration>(output.Administration);
    }

    [Fact]
    public void Queue_SameRabbitMqAsOutput_SharesItsConnections()
    {
        var queue = _catalog.Queue(new QueueConfig { Type = "rabbitmq", Name = "q", ConnectionString = "amqp://u:p@h" });
        var output = _catalog.Output(new OutputConfig { Type = "rabbitmq", ConnectionString = "amqp://u:p@h" });
        var notOurs = _catalog.Output(new OutputConfig { Type = "rabbitmq", ConnectionString = "amqp://u:p@h", CreateEntities = false });

        Assert.Same(queue.Senders, queue.Receivers);
        Assert.Same(queue.Senders, output.Senders);
        Assert.IsType<RabbitMqAdministration>(output.Administration);
        Assert.IsType<NoAdministration>(notOurs.Administration);
    }

    [Fact]
    public void Output_CreationForbidden_AdministersNothing()
    {
        var output = _catalog.Output(new OutputConfig { Type = "azure_service_bus", ConnectionString = Bus, CreateEntities = false });

        Assert.IsType<NoAdministration>(output.Administration);
    }

    [Fact]
    public void Output_CreationAllowed_AdministersTheNamespace()
    {
        var output = _catalog.Output(new OutputConfig { Type = "azure_service_bus", ConnectionString = Bus });

        Assert.IsType<ServiceBusAdministration>(output.Administration);
    }

    [Fact]
    public void Leases_Memory_AreSharedWithWhoeverHasTheSameProviders()
    {
        var memory = new MemoryProviders(TimeProvider.System);
        var one = new ProviderCatalog(TimeProvider.System, NullLoggerFactory.Instance, memory);
        var other = new ProviderCatalog(TimeProvider.System, NullLoggerFactory.Instance, memory);
        var locks = new LocksConfig { Type = "memory" };

        Assert.Same(one.Leases(locks), other.Leases(locks));
        Assert.IsType<InMemoryLeaseProvider>(one.Leases(locks));
    }

    private static IEnumerable<string> Types(IEnumerable<KnownProvider> providers) => providers.Select(static provider => provider.Type).Order();
}
