using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>What a subscription gets of one message: copies, and why one could not be judged, where that is so.</summary>
internal readonly record struct RuleSelection(IReadOnlyList<BrokerMessage> Copies, string? Failure);
