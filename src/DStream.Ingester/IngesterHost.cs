using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester;

/// <summary>The composition of the ingester.</summary>
public static class IngesterHost
{
    /// <summary>Registers everything that an ingester with this configuration runs.</summary>
    public static void AddIngester(this IServiceCollection services, IngesterConfig config)
    {
        services.AddSingleton(config);
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton(provider => provider.GetRequiredService<ProviderCatalog>().Source(config));
        services.AddSingleton(provider => provider.GetRequiredService<ProviderCatalog>().Checkpoints(config));
        services.AddSingleton(provider => provider.GetRequiredService<ProviderCatalog>().Leases(config.Locks));
        services.AddSingleton(provider => CreateQueue(provider.GetRequiredService<ProviderCatalog>(), config.Queue));
        services.AddSingleton(provider => new LsnWatcher(
            provider.GetRequiredService<IChangeSource>(), config.Tables.Min(static table => table.PollInterval),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LsnWatcher>>()));
        services.AddSingleton(provider => CreateContext(provider, config));
        services.AddHostedService<IngesterStart>();
        services.AddHostedService(static provider => provider.GetRequiredService<LsnWatcher>());
        foreach (var table in config.Tables)
        {
            services.AddSingleton<IHostedService>(provider => new TableIngestWorker(
                table, provider.GetRequiredService<IngestContext>(), provider.GetRequiredService<ILogger<TableIngestWorker>>()));
        }
    }

    private static IngestQueue CreateQueue(ProviderCatalog catalog, QueueConfig config)
    {
        var queue = catalog.Queue(config);
        return new IngestQueue(queue.Senders, queue.Administration, config.Name);
    }

    private static IngestContext CreateContext(IServiceProvider provider, IngesterConfig config) => new()
    {
        Config = config,
        Source = provider.GetRequiredService<IChangeSource>(),
        Checkpoints = provider.GetRequiredService<ICheckpointStore>(),
        Leases = provider.GetRequiredService<ILeaseProvider>(),
        Queue = provider.GetRequiredService<IngestQueue>(),
        Watcher = provider.GetRequiredService<LsnWatcher>(),
        Status = provider.GetRequiredService<TableStatusBoard>(),
        Resilience = provider.GetRequiredService<Resilience>(),
        Metrics = provider.GetRequiredService<IngestMetrics>(),
        Time = provider.GetRequiredService<TimeProvider>(),
    };
}
