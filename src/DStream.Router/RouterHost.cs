using DStream.Configuration;
using DStream.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Router;

/// <summary>The composition of the router.</summary>
public static class RouterHost
{
    /// <summary>Registers everything that a router with this configuration runs.</summary>
    public static void AddRouter(this IServiceCollection services, RouterConfig config)
    {
        services.AddSingleton(config);
        services.AddSingleton<RouteMetrics>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton(provider => provider.GetRequiredService<ProviderCatalog>().Queue(config.Source));
        services.AddSingleton(provider => CreateTopics(provider.GetRequiredService<ProviderCatalog>(), config));
        services.AddHostedService<RouterStart>();
        services.AddSingleton<IHostedService>(provider => new RouterWorker(
            config, provider.GetRequiredService<QueueProvider>().Receivers, provider.GetRequiredService<Forwarder>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RouterWorker>>()));
    }

    private static TopicSenders CreateTopics(ProviderCatalog catalog, RouterConfig config)
    {
        var output = catalog.Output(config.Output);
        return new TopicSenders(config.Destinations.Select(
            destination => new TopicSender(destination, config.Output.Subscription, output.Senders, output.Administration)));
    }
}
