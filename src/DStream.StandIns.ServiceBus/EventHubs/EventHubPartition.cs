using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>A partition: events in the order in which they came, kept until their retention is over, whoever reads them. Thread-safe.</summary>
public sealed class EventHubPartition
{
    private readonly Lock _gate = new();
    private readonly List<StoredEvent> _events = [];
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private long _nextOffset;
    private StoredEvent? _last;

    internal EventHubPartition(string id, TimeSpan retention, TimeProvider time)
    {
        Id = id;
        _retention = retention;
        _time = time;
    }

    /// <summary>Raised after events came, outside of any lock.</summary>
    internal event Action? Appended;

    /// <summary>The number of the partition, from 0.</summary>
    public string Id { get; }

    /// <summary>The events that are kept, in order.</summary>
    public IReadOnlyList<StoredEvent> Events
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _events];
            }
        }
    }

    /// <summary>The newest event there ever was, expired or not.</summary>
    internal StoredEvent? Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>The number of the oldest event that is kept, or of the next where none is.</summary>
    internal long BeginSequenceNumber
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return _events.Count > 0 ? _events[0].SequenceNumber : NextNumber;
            }
        }
    }

    private long NextNumber => _last is { } last ? last.SequenceNumber + 1 : 0;

    internal void Append(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate)
        {
            Expire();
            var now = _time.GetUtcNow();
            foreach (var message in messages)
            {
                var stored = new StoredEvent(NextNumber, _nextOffset, now, message.PartitionKey, message);
                _nextOffset += message.Bare.Length + message.Annotations.Length;
                _events.Add(stored);
                _last = stored;
            }
        }

        Appended?.Invoke();
    }

    /// <summary>The number from which a receiver at that position reads.</summary>
    internal long Find(EventPosition position)
    {
        lock (_gate)
        {
            Expire();
            foreach (var stored in _events)
                if (position.Includes(stored)) return stored.SequenceNumber;

            return NextNumber;
        }
    }

    /// <summary>At most that many events from a number on; what is expired is passed over.</summary>
    internal IReadOnlyList<StoredEvent> Read(long from, int max)
    {
        lock (_gate)
        {
            Expire();
            if (_events.Count == 0) return [];
            var index = (int)Math.Max(0, from - _events[0].SequenceNumber);
            return index >= _events.Count ? [] : _events.GetRange(index, Math.Min(max, _events.Count - index));
        }
    }

    private void Expire()
    {
        var oldest = _time.GetUtcNow() - _retention;
        var expired = 0;
        while (expired < _events.Count && _events[expired].EnqueuedTime < oldest) expired++;
        if (expired > 0) _events.RemoveRange(0, expired);
    }
}
