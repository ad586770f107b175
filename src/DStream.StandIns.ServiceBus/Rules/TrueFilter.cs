namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Selects every message: what a subscription is born with.</summary>
public sealed class TrueFilter : RuleFilter
{
    internal override bool Matches(MessageProperties message) => true;
}
