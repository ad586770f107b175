using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>An event in its partition.</summary>
/// <param name="SequenceNumber">Its place in the partition, from 0 and without gaps.</param>
/// <param name="Offset">Bytes of the partition before it; the service keeps its meaning to itself.</param>
/// <param name="EnqueuedTime">When the hub took it.</param>
/// <param name="PartitionKey">The key that chose the partition; null where none was given.</param>
/// <param name="Message">The event as it came.</param>
public readonly record struct StoredEvent(long SequenceNumber, long Offset, DateTimeOffset EnqueuedTime, string? PartitionKey, BrokerMessage Message);
