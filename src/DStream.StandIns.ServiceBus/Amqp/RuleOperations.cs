using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Rules over <c>$management</c> of a subscription. The descriptors are those that the clients know (service-bus-amqp-request-response).
/// </summary>
internal static class RuleOperations
{
    public static readonly Dictionary<string, Func<MessageBroker, string, string, ManagementRequest, Map?>> All = new(StringComparer.Ordinal)
    {
        ["add-rule"] = static (broker, topic, subscription, request) =>
        {
            broker.CreateRule(topic, subscription, Read(NameIn(request), request.Map("rule-description") ?? throw Missing("rule-description")));
            return [];
        },
        ["remove-rule"] = static (broker, topic, subscription, request) =>
        {
            broker.FindRules(topic, subscription).Remove(NameIn(request));
            return [];
        },
        ["enumerate-rules"] = Enumerate,
    };

    private const ulong RuleDescription = 0x13700000004;
    private const ulong EmptyRuleAction = 0x13700000005;
    private const ulong SqlAction = 0x13700000006;
    private const ulong SqlFilterList = 0x1370000006;
    private const ulong TrueFilterList = 0x1370000007;
    private const ulong FalseFilterList = 0x1370000008;
    private const ulong CorrelationFilterList = 0x1370000009;

    // The names on the wire, in the order of the list, and the service's.
    private static readonly (string Wire, string Name)[] CorrelationFields =
    [
        ("correlation-id", "CorrelationId"), ("message-id", "MessageId"), ("to", "To"), ("reply-to", "ReplyTo"), ("label", "Label"),
        ("session-id", "SessionId"), ("reply-to-session-id", "ReplyToSessionId"), ("content-type", "ContentType"),
    ];

    private static string NameIn(ManagementRequest request) => request.Text("rule-name") ?? throw Missing("rule-name");

    private static SubscriptionRule Read(string name, Map description)
    {
        RuleFilter filter =
            description["sql-filter"] is Map sql ? new SqlFilter(Expression(sql))
            : description["correlation-filter"] is Map correlation ? new CorrelationFilter(
                CorrelationFields.ToDictionary(static field => field.Name, field => correlation[field.Wire]?.ToString()),
                Properties(correlation["properties"] as Map))
            : new TrueFilter();
        return new SubscriptionRule(name, filter, description["sql-rule-action"] is Map action ? new SqlRuleAction(Expression(action)) : null);
    }

    private static Dictionary<string, object> Properties(Map? map) =>
        map?.Where(static pair => pair.Value is not null).ToDictionary(static pair => pair.Key.ToString()!, static pair => pair.Value) ?? [];

    private static string Expression(Map map) => map["expression"] as string ?? throw Missing("expression");

    private static Map? Enumerate(MessageBroker broker, string topic, string subscription, ManagementRequest request)
    {
        var found = broker.FindRules(topic, subscription).All
            .Skip((int)request.Number("skip")).Take((int)request.Number("top"))
            .Select(static rule => (object)new Map { ["rule-description"] = Write(rule) })
            .ToArray();
        if (found.Length == 0) return null;

        var list = new List();
        list.AddRange(found);
        return new Map { ["rules"] = list };
    }

    private static DescribedValue Write(SubscriptionRule rule) => Listed(RuleDescription,
        WriteFilter(rule.Filter),
        rule.Action is { } action ? Listed(SqlAction, action.Expression) : Listed(EmptyRuleAction),
        rule.Name,
        rule.CreatedAt.UtcDateTime);

    private static DescribedValue WriteFilter(RuleFilter filter) => filter switch
    {
        SqlFilter sql => Listed(SqlFilterList, sql.Expression, 20),
        CorrelationFilter correlation => Listed(CorrelationFilterList,
            [.. CorrelationFields.Select(field => correlation[field.Name]), correlation.Properties.Count == 0 ? null : ToMap(correlation.Properties)]),
        FalseFilter => Listed(FalseFilterList),
        _ => Listed(TrueFilterList),
    };

    private static Map ToMap(IReadOnlyDictionary<string, object> properties)
    {
        var map = new Map();
        foreach (var (name, value) in properties) map[name] = value;
        return map;
    }

    private static DescribedValue Listed(ulong descriptor, params object?[] values)
    {
        var list = new List();
        list.AddRange(values);
        return new DescribedValue(descriptor, list);
    }

    private static BrokerException Missing(string key) => new(BrokerError.BadRequest, $"'{key}' is missing in the request, or of another type.");
}
