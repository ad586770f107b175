using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Where scheduled messages go.</summary>
internal sealed record ManagementSink(
    Func<IReadOnlyList<BrokerMessage>, long[]> Schedule, Action<IReadOnlyList<long>> Cancel, ulong MaxMessageBytes);
