using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>The event hubs by name. Lives as long as the stand-in, also while it does not listen. Thread-safe.</summary>
public sealed class EventHubNamespace(TimeProvider time) : IDisposable
{
    private const int MaxPartitions = 32;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, EventHub> _hubs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All hubs, by name.</summary>
    public IReadOnlyList<EventHub> All
    {
        get
        {
            lock (_gate) return [.. _hubs.Values];
        }
    }

    internal TimeProvider Time => time;

    /// <summary>Creates a hub.</summary>
    /// <exception cref="BrokerException">The name is taken, or an option out of its bounds.</exception>
    public EventHub Create(string name, EventHubOptions? options = null)
    {
        options ??= new EventHubOptions();
        if (options.PartitionCount is < 1 or > MaxPartitions)
            throw new BrokerException(BrokerError.BadRequest, $"PartitionCount is {options.PartitionCount}, and a hub has 1 to {MaxPartitions}.");
        if (options.Retention <= TimeSpan.Zero) throw new BrokerException(BrokerError.BadRequest, "The retention must be longer than nothing.");
        var hub = new EventHub(name, options, time);
        lock (_gate)
        {
            return _hubs.TryAdd(name, hub) ? hub : throw new BrokerException(BrokerError.EntityExists, $"The event hub '{name}' already exists.");
        }
    }

    /// <summary>The hub of that name, or null.</summary>
    public EventHub? Find(string name)
    {
        lock (_gate) return _hubs.GetValueOrDefault(name);
    }

    /// <summary>Deletes a hub with its events; its links end.</summary>
    public void Delete(string name)
    {
        EventHub? hub;
        lock (_gate)
        {
            if (!_hubs.Remove(name, out hub)) throw MessageBroker.NotFound(name);
        }

        hub.Delete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hub in All) hub.Dispose();
    }
}
