using System.Collections.Immutable;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>
/// The rules of one subscription. A message that any rule without an action selects comes once; each rule with an action that
/// selects it adds a copy of its own, changed, with the rule's name in the property <c>RuleName</c>. Thread-safe.
/// </summary>
public sealed class SubscriptionRules
{
    private const string RuleName = "RuleName";
    private static readonly RuleSelection Nothing = new([], null);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private ImmutableSortedDictionary<string, SubscriptionRule> _rules;
    private bool _isOpen;

    internal SubscriptionRules(SubscriptionRule first, TimeProvider time)
    {
        _time = time;
        _rules = ImmutableSortedDictionary<string, SubscriptionRule>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase);
        Add(first);
    }

    /// <summary>The rules, by name.</summary>
    public IReadOnlyList<SubscriptionRule> All => [.. Volatile.Read(ref _rules).Values];

    /// <summary>The rule of that name, or null.</summary>
    public SubscriptionRule? Find(string name) => Volatile.Read(ref _rules).GetValueOrDefault(name);

    /// <exception cref="BrokerException">The name is taken.</exception>
    internal void Add(SubscriptionRule rule) => Change(rules => rules.ContainsKey(rule.Name)
        ? throw new BrokerException(BrokerError.EntityExists, $"The messaging entity '{rule.Name}' already exists.")
        : rules.Add(rule.Name, rule with { CreatedAt = _time.GetUtcNow() }));

    /// <exception cref="BrokerException">There is no rule of that name.</exception>
    internal void Update(SubscriptionRule rule) => Change(rules => rules.TryGetValue(rule.Name, out var before)
        ? rules.SetItem(rule.Name, rule with { CreatedAt = before.CreatedAt })
        : throw NotFound(rule.Name));

    /// <exception cref="BrokerException">There is no rule of that name.</exception>
    internal void Remove(string name) => Change(rules =>
    {
        var left = rules.Remove(name);
        return left.Count < rules.Count ? left : throw NotFound(name);
    });

    internal RuleSelection Select(BrokerMessage message)
    {
        if (Volatile.Read(ref _isOpen)) return new RuleSelection([message], null);

        List<BrokerMessage>? copies = null;
        string? failure = null;
        var isWanted = false;
        var properties = new MessageProperties(message);
        foreach (var rule in Volatile.Read(ref _rules).Values)
        {
            try
            {
                if (rule.Action is null) isWanted = isWanted || rule.Filter.Matches(properties);
                else if (rule.Filter.Matches(properties)) (copies ??= []).Add(Changed(message, rule));
            }
            catch (FilterException unanswered)
            {
                failure ??= $"Rule '{rule.Name}': {unanswered.Message}";
            }
        }

        if (isWanted) (copies ??= []).Insert(0, message);
        return copies is null && failure is null ? Nothing : new RuleSelection(copies ?? [], failure);
    }

    private static BrokerMessage Changed(BrokerMessage message, SubscriptionRule rule)
    {
        var properties = new MessageProperties(message);
        rule.Action!.Apply(properties);
        properties.SetUser(RuleName, rule.Name);
        return properties.ToMessage();
    }

    private void Change(Func<ImmutableSortedDictionary<string, SubscriptionRule>, ImmutableSortedDictionary<string, SubscriptionRule>> change)
    {
        lock (_gate)
        {
            var rules = change(_rules);
            Volatile.Write(ref _rules, rules);
            Volatile.Write(ref _isOpen, rules is { Count: 1 } && rules.Values.Single() is { Filter: TrueFilter, Action: null });
        }
    }

    private static BrokerException NotFound(string name) => new(BrokerError.EntityNotFound, $"The messaging entity '{name}' could not be found.");
}
