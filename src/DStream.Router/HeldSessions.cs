using System.Collections.Concurrent;
using DStream.Core;

namespace DStream.Router;

/// <summary>
/// Sessions that failed, each kept locked until its time is over. A session that was given back at once would be accepted by the next free
/// place, fail there too, and so on, until one missing topic had all places waiting (I7). Held here it costs no place.
/// </summary>
/// <param name="capacity">How many are held beside the places; beyond that the place itself waits, which bounds links and memory (I6).</param>
internal sealed class HeldSessions(int capacity, TimeProvider time, ILogger log)
{
    private static readonly PollingSchedule Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _holding = [];

    /// <summary>The session works: its next failure is its first.</summary>
    internal void Forget(string? session) => _failures.TryRemove(session ?? "", out _);

    /// <summary>Takes the session over, to give it back after its wait; completes at once where there is room.</summary>
    internal async ValueTask HoldAsync(IMessageReceiver session, Exception problem, CancellationToken stopping)
    {
        var failures = _failures.AddOrUpdate(session.SessionId ?? "", 1, static (_, before) => before + 1);
        var wait = Retry.AfterFailure(failures, Random.Shared.NextDouble());
        if (problem is ProviderException) Log.SessionFailed(log, session.SessionId, wait.TotalSeconds, problem.Message);
        else Log.SessionDefect(log, session.SessionId, wait.TotalSeconds, problem);

        var holding = GiveBackAfterAsync(session, wait, stopping);
        bool hasRoom;
        lock (_gate)
        {
            _holding.RemoveWhere(static task => task.IsCompleted);
            hasRoom = _holding.Count < capacity;
            if (hasRoom) _holding.Add(holding);
        }

        if (!hasRoom) await holding;
    }

    /// <summary>Waits until all are given back; soon, once stopping.</summary>
    internal Task DrainAsync()
    {
        lock (_gate) return Task.WhenAll(_holding);
    }

    private async Task GiveBackAfterAsync(IMessageReceiver session, TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(wait, time, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopping: another router may have it at once.
        }

        try
        {
            await session.DisposeAsync();
        }
        catch (Exception problem)
        {
            // The outermost place: nobody awaits this before the host stops.
            Log.SessionNotReturned(log, session.SessionId, problem.Message);
        }
    }
}
