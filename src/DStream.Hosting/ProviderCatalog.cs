using System.Collections.Concurrent;
using DStream.AzureBlob;
using DStream.Configuration;
using DStream.Core;
using DStream.InMemory;
using DStream.RabbitMq;
using DStream.ServiceBus;
using DStream.ServiceBus.EventHubs;
using DStream.SqlServer;

namespace DStream.Hosting;

/// <summary>
/// Maps a configuration <c>type</c> to its constructor: a new provider is one line here. It keeps the namespaces that it opened, so that all
/// parts of a process share one connection to each.
/// </summary>
public sealed class ProviderCatalog(TimeProvider time, ILoggerFactory loggers, MemoryProviders? memory = null) : IAsyncDisposable
{
    private static readonly Dictionary<string, Func<ProviderCatalog, IngesterConfig, IChangeSource>> Sources = new()
    {
        ["sqlserver"] = static (catalog, config) => catalog.SqlServerSource(config),
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, IngesterConfig, ICheckpointStore>> CheckpointStores = new()
    {
        ["sqlserver"] = static (catalog, config) => catalog.SqlServerCheckpoints(config),
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, LocksConfig, ILeaseProvider>> LeaseProviders = new()
    {
        ["azure_blob"] = static (catalog, config) => catalog.AzureBlobLeases(config),
        ["memory"] = static (catalog, _) => catalog._memory.Leases,
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, QueueConfig, QueueProvider>> Queues = new()
    {
        ["azure_service_bus"] = static (catalog, config) => catalog.ServiceBusQueue(config),
        ["rabbitmq"] = static (catalog, config) => catalog.RabbitMqQueue(config),
        ["memory"] = static (catalog, _) => new QueueProvider(catalog._memory.Broker, catalog._memory.Broker, catalog._memory.Broker),
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, OutputConfig, OutputProvider>> Outputs = new()
    {
        ["azure_service_bus"] = static (catalog, config) => catalog.ServiceBusOutput(config),
        ["azure_event_hubs"] = static (catalog, config) => catalog.EventHubsOutput(config),
        ["amqp"] = static (catalog, config) => catalog.AmqpOutput(config),
        ["rabbitmq"] = static (catalog, config) => catalog.RabbitMqOutput(config),
        ["console"] = static (_, _) => new OutputProvider(new ConsoleSender(Console.Out), new NoAdministration()),
        ["memory"] = static (catalog, _) => new OutputProvider(catalog._memory.Broker, catalog._memory.Broker),
    };

    private readonly MemoryProviders _memory = memory ?? new MemoryProviders(time);
    private readonly ConcurrentDictionary<(string ConnectionString, ServiceBusTransport Transport), ServiceBusNamespace> _namespaces = [];
    private readonly ConcurrentDictionary<(string ConnectionString, ServiceBusTransport Transport), EventHubsNamespace> _eventHubs = [];
    private readonly ConcurrentBag<IAsyncDisposable> _brokers = [];
    private readonly ConcurrentDictionary<(string ConnectionString, bool CreateEntities), RabbitMqBroker> _rabbits = [];

    /// <summary>What a configuration may name.</summary>
    public static KnownProviders Known => KnownProviders.Shipped;

    /// <summary>The types that can be made, by the member that makes them; for the test that holds <see cref="Known"/> to them.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyCollection<string>> Types { get; } = new Dictionary<string, IReadOnlyCollection<string>>
    {
        [nameof(Source)] = Sources.Keys,
        [nameof(Checkpoints)] = CheckpointStores.Keys,
        [nameof(Leases)] = LeaseProviders.Keys,
        [nameof(Queue)] = Queues.Keys,
        [nameof(Output)] = Outputs.Keys,
    };

    /// <summary>The changes of the database.</summary>
    public IChangeSource Source(IngesterConfig config) => Make(config.DbType, Sources, config);

    /// <summary>Where the positions are kept.</summary>
    public ICheckpointStore Checkpoints(IngesterConfig config) => Make(config.DbType, CheckpointStores, config);

    /// <summary>Who owns which table.</summary>
    public ILeaseProvider Leases(LocksConfig config) => Make(config.Type, LeaseProviders, config);

    /// <summary>The ingest queue.</summary>
    public QueueProvider Queue(QueueConfig config) => Make(config.Type, Queues, config);

    /// <summary>The topics.</summary>
    public OutputProvider Output(OutputConfig config) => Make(config.Type, Outputs, config);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var bus in _namespaces.Values) await bus.DisposeAsync();
        foreach (var hubs in _eventHubs.Values) await hubs.DisposeAsync();
        foreach (var broker in _brokers) await broker.DisposeAsync();
        foreach (var rabbit in _rabbits.Values) await rabbit.DisposeAsync();
    }

    private TProvider Make<TConfig, TProvider>(
        string type, Dictionary<string, Func<ProviderCatalog, TConfig, TProvider>> constructors, TConfig config) =>
        constructors.TryGetValue(type, out var constructor)
            ? constructor(this, config)
            : throw new InvalidOperationException($"No provider '{type}'. Known: {string.Join(", ", constructors.Keys)}.");

    private SqlServerChangeSource SqlServerSource(IngesterConfig config)
    {
        var tables = config.Tables.ToDictionary(static table => table.Name, table => new TableReadOptions
        {
            ReadMode = table.ReadMode,
            UpdateImages = table.UpdateImages,
            ValueFormat = config.Values,
        });
        var options = new SqlServerSourceOptions { ConnectionString = config.DbConnectionString, ForTable = table => tables[table] };
        return new SqlServerChangeSource(options, time, loggers.CreateLogger<SqlServerChangeSource>());
    }

    private SqlServerCheckpointStore SqlServerCheckpoints(IngesterConfig config) => new(
        new SqlServerCheckpointOptions { ConnectionString = config.DbConnectionString, CreateTable = config.Checkpoints.CreateTable },
        time, loggers.CreateLogger<SqlServerCheckpointStore>());

    private AzureBlobLeaseProvider AzureBlobLeases(LocksConfig config) => new(
        new AzureBlobLeaseOptions { ConnectionString = config.ConnectionString, Container = config.ContainerName, LeaseDuration = config.LeaseDuration },
        time, loggers.CreateLogger<AzureBlobLeaseProvider>());

    private QueueProvider ServiceBusQueue(QueueConfig config)
    {
        var options = ServiceBusOptionsFor(config.ConnectionString, config.Transport);
        var bus = ServiceBus(config.ConnectionString, options);
        return new QueueProvider(bus, bus, ServiceBusAdministration(options, config.CreateEntities));
    }

    private OutputProvider ServiceBusOutput(OutputConfig config)
    {
        var options = ServiceBusOptionsFor(config.ConnectionString, config.Transport);
        return new OutputProvider(ServiceBus(config.ConnectionString, options), ServiceBusAdministration(options, config.CreateEntities));
    }

    private OutputProvider EventHubsOutput(OutputConfig config)
    {
        var options = ServiceBusOptionsFor(config.ConnectionString, config.Transport);
        var hubs = _eventHubs.GetOrAdd(
            (config.ConnectionString, options.Transport), _ => new EventHubsNamespace(options, time, loggers.CreateLogger<EventHubsNamespace>()));
        return new OutputProvider(hubs, config.CreateEntities
            ? new EventHubsAdministration(options, time, loggers.CreateLogger<EventHubsAdministration>())
            : new NoAdministration());
    }

    private OutputProvider AmqpOutput(OutputConfig config)
    {
        var options = new AmqpBrokerOptions { ConnectionString = AmqpConnectionString.Parse(config.ConnectionString), Address = config.Address };
        var broker = new AmqpBroker(options, time, loggers.CreateLogger<AmqpBroker>());
        _brokers.Add(broker);
        return new OutputProvider(broker, new NoAdministration());
    }

    private static ServiceBusOptions ServiceBusOptionsFor(string connectionString, AmqpTransport transport) =>
        ServiceBusOptions.For(connectionString) with
        {
            Transport = transport == AmqpTransport.AmqpWebSockets ? ServiceBusTransport.AmqpWebSockets : ServiceBusTransport.Amqp,
        };

    private ServiceBusNamespace ServiceBus(string connectionString, ServiceBusOptions options) => _namespaces.GetOrAdd(
        (connectionString, options.Transport), _ => new ServiceBusNamespace(options, time, loggers.CreateLogger<ServiceBusNamespace>()));

    private IBrokerAdministration ServiceBusAdministration(ServiceBusOptions options, bool create) => create
        ? new ServiceBusAdministration(options, time, loggers.CreateLogger<ServiceBusAdministration>())
        : new NoAdministration();

    private QueueProvider RabbitMqQueue(QueueConfig config)
    {
        var rabbit = RabbitMq(config.ConnectionString, config.CreateEntities);
        return new QueueProvider(rabbit, rabbit, RabbitMqAdministration(rabbit, config.CreateEntities));
    }

    private OutputProvider RabbitMqOutput(OutputConfig config)
    {
        var rabbit = RabbitMq(config.ConnectionString, config.CreateEntities);
        return new OutputProvider(rabbit, RabbitMqAdministration(rabbit, config.CreateEntities));
    }

    private RabbitMqBroker RabbitMq(string connectionString, bool create) => _rabbits.GetOrAdd((connectionString, create), key => new RabbitMqBroker(
        RabbitMqOptions.For(key.ConnectionString) with { CreateEntities = key.CreateEntities }, time, loggers.CreateLogger<RabbitMqBroker>()));

    private IBrokerAdministration RabbitMqAdministration(RabbitMqBroker rabbit, bool create) => create
        ? new RabbitMqAdministration(rabbit, loggers.CreateLogger<RabbitMqAdministration>())
        : new NoAdministration();
}
