using System.Buffers;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>One rule of a subscription: a filter, and what to change in what it selects.</summary>
public sealed record SubscriptionRule
{
    /// <summary>The name of the rule that a subscription is born with.</summary>
    public const string DefaultName = "$Default";

    private const int LongestName = 50;
    private static readonly SearchValues<char> Unfit = SearchValues.Create("/\\@?#*");

    /// <exception cref="BrokerException">The name is unfit.</exception>
    public SubscriptionRule(string name, RuleFilter filter, SqlRuleAction? action = null)
    {
        if (name.Length is 0 or > LongestName || name.AsSpan().ContainsAny(Unfit))
            throw new BrokerException(BrokerError.BadRequest,
                $"'{name}' is no name for a rule: up to {LongestName} characters, none of them / \\ @ ? # *.");

        Name = name;
        Filter = filter;
        Action = action;
    }

    /// <summary>The name, unique in the subscription without regard to case.</summary>
    public string Name { get; }

    /// <summary>Which messages.</summary>
    public RuleFilter Filter { get; }

    /// <summary>What is changed in them, or null for nothing.</summary>
    public SqlRuleAction? Action { get; }

    /// <summary>When the rule was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The rule that lets everything through.</summary>
    public static SubscriptionRule Default => new(DefaultName, new TrueFilter());
}
