using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>An event hub: partitions that keep what was sent, read by any number of consumer groups. Thread-safe.</summary>
public sealed class EventHub : IDisposable
{
    /// <summary>The consumer group that every hub has.</summary>
    public const string DefaultGroup = "$Default";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConsumerGroup> _groups = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _deleted = new();
    private int _turn;

    internal EventHub(string name, EventHubOptions options, TimeProvider time)
    {
        Name = name;
        Options = options;
        CreatedAt = time.GetUtcNow();
        Partitions = [.. Enumerable.Range(0, options.PartitionCount).Select(number => new EventHubPartition($"{number}", options.Retention, time))];
        _groups.Add(DefaultGroup, new ConsumerGroup(DefaultGroup, CreatedAt));
    }

    /// <summary>The name, in the spelling of its creation.</summary>
    public string Name { get; }

    /// <summary>What it was made with.</summary>
    public EventHubOptions Options { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The partitions, by number.</summary>
    public IReadOnlyList<EventHubPartition> Partitions { get; }

    /// <summary>The names of the consumer groups.</summary>
    public IReadOnlyList<string> ConsumerGroups
    {
        get
        {
            lock (_gate) return [.. _groups.Keys];
        }
    }

    internal CancellationToken Deleted => _deleted.Token;

    /// <inheritdoc/>
    public void Dispose() => _deleted.Dispose();

    internal ConsumerGroup? FindGroup(string name)
    {
        lock (_gate) return _groups.GetValueOrDefault(name);
    }

    internal ConsumerGroup AddGroup(string name, DateTimeOffset now)
    {
        lock (_gate)
        {
            var group = new ConsumerGroup(name, now);
            return _groups.TryAdd(name, group)
                ? group
                : throw new BrokerException(BrokerError.EntityExists, $"The consumer group '{name}' of '{Name}' already exists.");
        }
    }

    internal void RemoveGroup(string name)
    {
        lock (_gate)
        {
            if (name.Equals(DefaultGroup, StringComparison.OrdinalIgnoreCase))
                throw new BrokerException(BrokerError.BadRequest, $"The consumer group {DefaultGroup} cannot be deleted.");
            if (!_groups.Remove(name)) throw MessageBroker.NotFound($"{Name}/consumergroups/{name}");
        }
    }

    internal EventHubPartition Partition(string id) => Partitions.FirstOrDefault(partition => partition.Id == id)
        ?? throw new BrokerException(BrokerError.BadRequest,
            $"The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and {Partitions.Count - 1}.");

    /// <summary>Keeps the events, all in one partition: that one, or the one of their key, or the next in turn.</summary>
    /// <returns>0: a hub knows no duplicates.</returns>
    internal int Send(IReadOnlyList<BrokerMessage> events, string? partition)
    {
        if (events.Count == 0) return 0;
        if (Deleted.IsCancellationRequested) throw MessageBroker.NotFound(Name);
        var key = events[0].PartitionKey;
        if (partition is not null && key is not null)
            throw new BrokerException(BrokerError.BadRequest, "A partition key cannot be set where a partition is sent to.");

        var to = partition is not null ? Partition(partition) : Partitions[key is null ? NextInTurn() : OfKey(key)];
        to.Append(events);
        return 0;
    }

    internal void Delete() => _deleted.Cancel();

    private int NextInTurn() => (int)((uint)Interlocked.Increment(ref _turn) % Partitions.Count);

    // The service keeps its hash to itself; all that may be relied on is that equal keys meet.
    private int OfKey(string key) => (int)(key.Aggregate(0u, static (hash, letter) => unchecked((hash * 31) + letter)) % Partitions.Count);
}
