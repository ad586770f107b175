using System.Collections.Concurrent;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// The sessions of which this process has an announcement that it will look at, or give back, later. A further announcement of one of them tells
/// nothing new and is done with. Not so once the channel of the first is lost: the further one may be that one, which the broker has put back,
/// though its owner has not noticed yet. Thread-safe.
/// </summary>
internal sealed class HeldSessions
{
    private readonly ConcurrentDictionary<(string Queue, string Session), IChannel> _held = [];
    private readonly ConcurrentDictionary<(string Queue, string Session), SemaphoreSlim> _turns = [];

    public bool Contains(string queue, string session) => _held.TryGetValue((queue, session), out var channel) && channel.IsOpen;

    /// <summary>False where it is held already, by another announcement.</summary>
    public bool TryAdd(TakenAnnouncement announcement) => ReferenceEquals(
        _held.AddOrUpdate(Key(announcement), announcement.Channel, (_, other) => other.IsOpen ? other : announcement.Channel), announcement.Channel);

    /// <summary>Waits until nobody else of this process is about to open the session; disposing ends the turn.</summary>
    public async ValueTask<IDisposable> TakeTurnAsync(string queue, string session, CancellationToken cancellationToken)
    {
        var gate = _turns.GetOrAdd((queue, session), static _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(gate);
    }

    /// <summary>To be called before the announcement is looked at or given back: what comes from then on is news again.</summary>
    public void Remove(TakenAnnouncement announcement) => _held.TryRemove(KeyValuePair.Create(Key(announcement), announcement.Channel));

    private static (string Queue, string Session) Key(TakenAnnouncement announcement) => (announcement.Queue, announcement.Session);

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
