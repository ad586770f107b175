using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.Hosting;

namespace DStream.Router;

/// <summary>
/// Before the first message: the queue and every topic are made sure of, and the senders are open. What may pass is waited for; where not one
/// topic can be had, or the queue cannot, the host ends with <see cref="ExitCodes.Unavailable"/>.
/// </summary>
internal sealed class RouterStart(
    RouterConfig config, TopicSenders topics, IBrokerAdministration queueAdministration, Resilience resilience, ILogger<RouterStart> log)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        Log.Starting(log, config.Source.Name, topics.Count, config.Sessions);
        await resilience.Start.ExecuteAsync(token => queueAdministration.EnsureQueueAsync(config.Source.Name, token), cancellationToken);
        var failures = await resilience.Start.ExecuteAsync(async token => await topics.OpenAllAsync(token), cancellationToken);
        foreach (var failure in failures) Log.TopicFailed(log, failure.Message);
        if (failures.Count > 0 && failures.Count == topics.Count) throw failures[0];
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Log.Stopped(log);
        return Task.CompletedTask;
    }
}
