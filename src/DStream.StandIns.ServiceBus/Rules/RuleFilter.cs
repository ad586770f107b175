namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Which messages a rule selects. Immutable and thread-safe.</summary>
public abstract class RuleFilter
{
    private protected RuleFilter()
    {
    }

    /// <summary>Whether the message is selected.</summary>
    /// <exception cref="FilterException">The filter has no answer for this message.</exception>
    internal abstract bool Matches(MessageProperties message);
}
