using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.Hosting;

namespace DStream.Router;

/// <summary>Drains the ingest queue: a session at a time in order, many sessions at once.</summary>
internal sealed class RouterWorker(
    RouterConfig config, IMessageReceiverFactory receivers, Forwarder forwarder, TimeProvider time, ILogger<RouterWorker> log) : BackgroundService
{
    /// <summary>Messages taken in one step; a batch of Service Bus holds up to 4,500, and its bytes bound it long before.</summary>
    internal const int MaxMessages = 1000;

    private static readonly TimeSpan AcceptWait = TimeSpan.FromSeconds(60);

    // A session that has nothing more is given back, so that another one gets its place, here or in another router.
    private static readonly TimeSpan SessionIdle = TimeSpan.FromSeconds(5);

    // A session that never runs dry gives its place up too: with more sessions than places each one gets its turn.
    private static readonly TimeSpan SessionTurn = TimeSpan.FromMinutes(1);

    private static readonly PollingSchedule Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, config.Sessions).Select(_ => RunAsync(stoppingToken)));

    private async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await RouteSessionAsync(stopping)) failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                var wait = Retry.AfterFailure(++failures, Random.Shared.NextDouble());
                if (problem is ProviderException) Log.SessionFailed(log, wait.TotalSeconds, problem.Message);
                else Log.SessionDefect(log, wait.TotalSeconds, problem);
                if (!await WaitAsync(wait, stopping)) return;
            }
        }
    }

    /// <summary>One turn of one session; whether there was one.</summary>
    private async Task<bool> RouteSessionAsync(CancellationToken stopping)
    {
        await using var session = await receivers.AcceptSessionAsync(config.Source.Name, AcceptWait, stopping);
        if (session is null) return false;

        Log.SessionAccepted(log, session.SessionId);
        using var working = new GracefulWork(time, stopping, CancellationToken.None);
        var began = time.GetTimestamp();
        while (!stopping.IsCancellationRequested && time.GetElapsedTime(began) < SessionTurn)
        {
            var messages = await session.ReceiveAsync(MaxMessages, SessionIdle, stopping);
            if (messages.Count == 0) break;
            await forwarder.ForwardAsync(session, messages, working.Token);
        }

        return true;
    }

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(wait, time, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
