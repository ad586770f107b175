using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules.Sql;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Selects messages whose properties equal all of the given ones; texts compare with regard to case.</summary>
public sealed class CorrelationFilter : RuleFilter
{
    private readonly (string Name, string Value)[] _system;

    /// <param name="system">Values by the names of the service: <c>CorrelationId</c>, <c>Label</c> and so on; null is no condition.</param>
    /// <param name="properties">Values of the message's own properties.</param>
    /// <exception cref="BrokerException">There is no condition at all.</exception>
    public CorrelationFilter(IReadOnlyDictionary<string, string?> system, IReadOnlyDictionary<string, object>? properties = null)
    {
        _system = [.. system.Where(static pair => pair.Value is not null).Select(static pair => (pair.Key, pair.Value!))];
        Properties = properties ?? new Dictionary<string, object>();
        if (_system.Length == 0 && Properties.Count == 0)
            throw new BrokerException(BrokerError.BadRequest, "A correlation filter needs at least one property to compare.");
    }

    /// <summary>The conditions on the message's own properties.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; }

    /// <summary>The value wanted of a system property, or null.</summary>
    public string? this[string name] => Array.Find(_system, condition => condition.Name == name).Value;

    internal override bool Matches(MessageProperties message) =>
        Array.TrueForAll(_system, condition => condition.Value.Equals(message.System(condition.Name)?.ToString(), StringComparison.Ordinal))
        && Properties.All(pair => message.TryUser(pair.Key, out var value) && IsEqual(pair.Value, value));

    // Unlike a SQL filter, which fails over it, a value of another kind is a message that is not meant.
    private static bool IsEqual(object wanted, object? value)
    {
        try
        {
            return SqlOperators.AreEqual(wanted, value) == true;
        }
        catch (FilterException)
        {
            return false;
        }
    }
}
