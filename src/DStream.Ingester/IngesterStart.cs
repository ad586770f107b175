using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester;

/// <summary>
/// Before the first worker: the database answers and the queue is there. What may pass is waited for; what a server refuses for good ends the
/// host with <see cref="ExitCodes.Unavailable"/>.
/// </summary>
internal sealed class IngesterStart(IngestContext context, ILogger<IngesterStart> log) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var config = context.Config;
        Log.Starting(log, config.Tables.Count, config.ServerName, config.DatabaseName, config.Queue.Name);
        await context.Resilience.Start.ExecuteAsync(
            async token =>
            {
                await context.Source.GetMaxLsnAsync(token);
            },
            cancellationToken);
        await context.Resilience.Start.ExecuteAsync(
            async token =>
            {
                await context.Queue.OpenAsync(token);
            },
            cancellationToken);
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
