using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>A consumer group and who reads in it: one owner a partition, or up to five receivers without an owner level. Thread-safe.</summary>
internal sealed class ConsumerGroup(string name, DateTimeOffset createdAt)
{
    // https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas
    private const int MaxReceivers = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<EventReceiveLink>> _receivers = [];

    public string Name => name;

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>Takes a receiver in; those whose owner level is lower must go.</summary>
    /// <exception cref="BrokerException">An owner of a higher level is there, or too many without one.</exception>
    public void Add(string partition, EventReceiveLink receiver)
    {
        List<EventReceiveLink> displaced;
        lock (_gate)
        {
            if (!_receivers.TryGetValue(partition, out var present)) _receivers.Add(partition, present = []);
            if (present.Max(static other => other.OwnerLevel) is { } highest && !(receiver.OwnerLevel >= highest))
                throw new BrokerException(BrokerError.LinkStolen,
                    $"At least one receiver for the endpoint is created with epoch of '{highest}', and so "
                    + $"{(receiver.OwnerLevel is { } level ? $"receiver with epoch '{level}'" : "non-epoch receiver")} is not allowed.");
            if (receiver.OwnerLevel is null && present.Count >= MaxReceivers)
                throw new BrokerException(BrokerError.QuotaExceeded,
                    $"Exceeded the maximum number of allowed receivers per partition in a consumer group which is {MaxReceivers}.");

            displaced = receiver.OwnerLevel is null ? [] : [.. present];
            present.Add(receiver);
        }

        foreach (var other in displaced)
            other.Displace($"New receiver with higher epoch of '{receiver.OwnerLevel}' is created hence current receiver with epoch '{other.OwnerLevel}' is getting disconnected.");
    }

    public void Remove(string partition, EventReceiveLink receiver)
    {
        lock (_gate) _receivers.GetValueOrDefault(partition)?.Remove(receiver);
    }
}
