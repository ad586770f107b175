using System.Collections.Concurrent;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// The sessions of which this process has an announcement that it will look at, or give back, later. A further announcement of one of them tells
/// nothing new and is done with. Thread-safe.
/// </summary>
internal sealed class HeldSessions
{
    private readonly ConcurrentDictionary<(string Queue, string Session), bool> _held = [];

    public bool Contains(string queue, string session) => _held.ContainsKey((queue, session));

    /// <summary>False where it is held already, by another announcement.</summary>
    public bool TryAdd(string queue, string session) => _held.TryAdd((queue, session), true);

    /// <summary>To be called before the announcement is looked at or given back: what comes from then on is news again.</summary>
    public void Remove(string queue, string session) => _held.TryRemove((queue, session), out _);
}
