using DStream.Configuration;
using DStream.Core;
using DStream.InMemory;

namespace DStream.Hosting;

/// <summary>
/// Maps a configuration <c>type</c> to its constructor: a new provider is one line here. What it makes belongs to the host's container, but for
/// the namespaces and in-memory brokers, which it keeps so that all parts of a process share one connection to each.
/// </summary>
public sealed class ProviderCatalog(TimeProvider time, MemoryProviders? memory = null)
{
    private readonly MemoryProviders _memory = memory ?? new MemoryProviders(time);

    /// <summary>What a configuration may name.</summary>
    public static KnownProviders Known => KnownProviders.Shipped;

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

    private static readonly Dictionary<string, Func<ProviderCatalog, IngesterConfig, IChangeSource>> Sources = new()
    {
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, IngesterConfig, ICheckpointStore>> CheckpointStores = new()
    {
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, LocksConfig, ILeaseProvider>> LeaseProviders = new()
    {
        ["memory"] = static (catalog, _) => catalog._memory.Leases,
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, QueueConfig, QueueProvider>> Queues = new()
    {
        ["memory"] = static (catalog, _) => new QueueProvider(catalog._memory.Broker, catalog._memory.Broker, catalog._memory.Broker),
    };

    private static readonly Dictionary<string, Func<ProviderCatalog, OutputConfig, OutputProvider>> Outputs = new()
    {
        ["console"] = static (_, _) => new OutputProvider(new ConsoleSender(Console.Out), new NoAdministration()),
        ["memory"] = static (catalog, _) => new OutputProvider(catalog._memory.Broker, catalog._memory.Broker),
    };

    private TProvider Make<TConfig, TProvider>(
        string type, Dictionary<string, Func<ProviderCatalog, TConfig, TProvider>> constructors, TConfig config) =>
        constructors.TryGetValue(type, out var constructor)
            ? constructor(this, config)
            : throw new InvalidOperationException($"No provider '{type}'. Known: {string.Join(", ", constructors.Keys)}.");
}
