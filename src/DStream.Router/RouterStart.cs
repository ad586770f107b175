using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.Hosting;

namespace DStream.Router;

/// <summary>
/// Before the first message: the queue and every topic are made sure of, and the senders are open. A topic that cannot be had holds up only
/// its own messages (I7). Where not one can be had, or the queue cannot, what may pass is waited for, and what a server refuses for good ends
/// the host with <see cref="ExitCodes.Unavailable"/>.
/// </summary>
internal sealed class RouterStart(
    RouterConfig config, TopicSenders topics, QueueProvider queue, Resilience resilience, ILogger<RouterStart> log) : IHostedLifecycleService
{
    // Long enough for a broker to refuse, short for one whose queue is merely empty.
    private static readonly TimeSpan ProbeWait = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        Log.Starting(log, config.Source.Name, topics.Count, config.Sessions);
        await resilience.Start.ExecuteAsync(EnsureQueueAsync, cancellationToken);
        foreach (var failure in await resilience.Start.ExecuteAsync(OpenTopicsAsync, cancellationToken)) Log.TopicFailed(log, failure.Message);
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

    private async ValueTask EnsureQueueAsync(CancellationToken cancellationToken)
    {
        await queue.Administration.EnsureQueueAsync(config.Source.Name, cancellationToken);

        // Where queues are not ours to create, only receiving tells whether there is one, with sessions, that may be received from.
        await using var session = await queue.Receivers.AcceptSessionAsync(config.Source.Name, ProbeWait, cancellationToken);
    }

    /// <summary>Opens all; returns what failed, and throws where that is everything.</summary>
    private async ValueTask<IReadOnlyList<ProviderException>> OpenTopicsAsync(CancellationToken cancellationToken)
    {
        var failures = await topics.OpenAllAsync(cancellationToken);
        if (failures.Count == 0 || failures.Count < topics.Count) return failures;
        throw failures.FirstOrDefault(static failure => failure.IsTransient) ?? failures[0];
    }
}
