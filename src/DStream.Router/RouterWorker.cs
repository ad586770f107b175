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

    // A session that has nothing more is given back: late while there are free places, soon while other sessions may wait for one.
    private static readonly TimeSpan SessionIdle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SessionIdleWhenFull = TimeSpan.FromMilliseconds(250);

    // A session that never runs dry gives its place up too: each one gets its turn, here or in another router.
    private static readonly TimeSpan SessionTurn = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SessionTurnWhenFull = TimeSpan.FromSeconds(10);

    private static readonly PollingSchedule Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private readonly HeldSessions _held = new(config.Sessions, time, log);
    private readonly QueueOutage _outage = new(time, log);
    private int _freePlaces;

    private bool IsFull => Volatile.Read(ref _freePlaces) == 0;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, config.Sessions).Select(_ => RunPlaceAsync(stoppingToken)));
        await _held.DrainAsync();
    }

    private async Task RunPlaceAsync(CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            var attempt = _outage.Begin();
            try
            {
                var session = await AcceptAsync(stopping);
                failures = 0;
                _outage.Works(attempt);
                if (session is not null) await ServeAsync(session, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                var wait = Retry.AfterFailure(++failures, Random.Shared.NextDouble());
                if (problem is ProviderException) _outage.Fails(attempt, problem.Message, wait);
                else Log.QueueDefect(log, wait.TotalSeconds, problem);
                if (!await WaitAsync(wait, stopping)) return;
            }
        }
    }

    private async ValueTask<IMessageReceiver?> AcceptAsync(CancellationToken stopping)
    {
        Interlocked.Increment(ref _freePlaces);
        try
        {
            return await receivers.AcceptSessionAsync(config.Source.Name, AcceptWait, stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _freePlaces);
        }
    }

    /// <summary>One turn of one session, which is given back in the end; after a failure only when its wait is over.</summary>
    private async Task ServeAsync(IMessageReceiver session, CancellationToken stopping)
    {
        try
        {
            await RouteAsync(session, stopping);
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            await _held.HoldAsync(session, problem, stopping);
            return;
        }
        catch (OperationCanceledException)
        {
            // Stopping; what is not settled goes back with the session.
        }

        await session.DisposeAsync();
    }

    private async Task RouteAsync(IMessageReceiver session, CancellationToken stopping)
    {
        Log.SessionAccepted(log, session.SessionId);
        using var working = new GracefulWork(time, stopping, CancellationToken.None);
        var began = time.GetTimestamp();
        while (!stopping.IsCancellationRequested && time.GetElapsedTime(began) < (IsFull ? SessionTurnWhenFull : SessionTurn))
        {
            var messages = await session.ReceiveAsync(MaxMessages, IsFull ? SessionIdleWhenFull : SessionIdle, stopping);
            if (messages.Count == 0) break;
            await forwarder.ForwardAsync(session, messages, working.Token);
            _held.Forget(session.SessionId);
        }
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
