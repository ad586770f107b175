using System.Collections.Concurrent;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// The sessions of which this process has an announcement that it will look at, or give back, later. A further announcement of one of them tells
/// nothing new and is done with. Thread-safe.
/// </summary>
internal sealed class HeldSessions
{
    private readonly ConcurrentDictionary<(string Queue, string Session), bool> _held = [];
    private readonly ConcurrentDictionary<(string Queue, string Session), SemaphoreSlim> _turns = [];

    public bool Contains(string queue, string session) => _held.ContainsKey((queue, session));

    /// <summary>False where it is held already, by another announcement.</summary>
    public bool TryAdd(string queue, string session) => _held.TryAdd((queue, session), true);

    /// <summary>Waits until nobody else of this process is about to open the session; disposing ends the turn.</summary>
    public async ValueTask<IDisposable> TakeTurnAsync(string queue, string session, CancellationToken cancellationToken)
    {
        var gate = _turns.GetOrAdd((queue, session), static _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(gate);
    }

    /// <summary>To be called before the announcement is looked at or given back: what comes from then on is news again.</summary>
    public void Remove(string queue, string session) => _held.TryRemove((queue, session), out _);

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
