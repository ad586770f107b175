namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Selects no message.</summary>
public sealed class FalseFilter : RuleFilter
{
    internal override bool Matches(MessageProperties message) => false;
}
