using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;
using static DStream.StandIns.ServiceBus.Administration.AtomXml;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>Descriptions of rules, whose filter and action are told apart by an attribute for the type.</summary>
internal static class RuleXml
{
    private static readonly string[] CorrelationElements =
        ["CorrelationId", "MessageId", "To", "ReplyTo", "Label", "SessionId", "ReplyToSessionId", "ContentType"];

    /// <param name="description">The rule.</param>
    /// <param name="name">Its name where the address says it; else the description does.</param>
    public static SubscriptionRule Read(XElement description, string? name)
    {
        var filter = description.Element(Service + "Filter");
        var action = description.Element(Service + "Action");
        return new SubscriptionRule(
            name ?? description.Element(Service + "Name")?.Value ?? SubscriptionRule.DefaultName,
            filter is null ? new TrueFilter() : ReadFilter(filter),
            action is null ? null : ReadAction(action));
    }

    public static XElement Write(SubscriptionRule rule) => new(
        Service + "RuleDescription",
        new XAttribute(XNamespace.Xmlns + "i", Instance),
        WriteFilter(rule.Filter),
        rule.Action is { } action
            ? Typed("Action", "SqlRuleAction", Sql(action.Expression, action.Parameters))
            : Typed("Action", "EmptyRuleAction"),
        new XElement(Service + "CreatedAt", Time(rule.CreatedAt)),
        new XElement(Service + "Name", rule.Name));

    private static RuleFilter ReadFilter(XElement filter) => TypeOf(filter) switch
    {
        "TrueFilter" => new TrueFilter(),
        "FalseFilter" => new FalseFilter(),
        "SqlFilter" => new SqlFilter(Expression(filter), TypedXml.Read(filter.Element(Service + "Parameters"))),
        "CorrelationFilter" => new CorrelationFilter(
            CorrelationElements.ToDictionary(static name => name, name => filter.Element(Service + name)?.Value),
            TypedXml.Read(filter.Element(Service + "Properties"))),
        var other => throw new BrokerException(BrokerError.BadRequest, $"'{other}' is no type of filter."),
    };

    private static SqlRuleAction? ReadAction(XElement action) => TypeOf(action) switch
    {
        "EmptyRuleAction" => null,
        "SqlRuleAction" => new SqlRuleAction(Expression(action), TypedXml.Read(action.Element(Service + "Parameters"))),
        var other => throw new BrokerException(BrokerError.BadRequest, $"'{other}' is no type of action."),
    };

    private static string Expression(XElement owner) => owner.Element(Service + "SqlExpression")?.Value is { Length: > 0 } expression
        ? expression
        : throw new BrokerException(BrokerError.BadRequest, "SqlExpression is missing.");

    private static XElement WriteFilter(RuleFilter filter) => filter switch
    {
        SqlFilter sql => Typed("Filter", "SqlFilter", Sql(sql.Expression, sql.Parameters)),
        CorrelationFilter correlation => Typed("Filter", "CorrelationFilter",
            [.. CorrelationElements.Where(name => correlation[name] is not null).Select(name => new XElement(Service + name, correlation[name])),
                .. correlation.Properties.Count == 0 ? Array.Empty<XElement>() : [TypedXml.Write("Properties", correlation.Properties)]]),
        FalseFilter => Typed("Filter", "FalseFilter", Sql("1=0", null)),
        _ => Typed("Filter", "TrueFilter", Sql("1=1", null)),
    };

    private static XElement[] Sql(string expression, IReadOnlyDictionary<string, object>? parameters) =>
    [
        new XElement(Service + "SqlExpression", expression),
        new XElement(Service + "CompatibilityLevel", 20),
        .. parameters is null or { Count: 0 } ? Array.Empty<XElement>() : [TypedXml.Write("Parameters", parameters)],
    ];

    private static XElement Typed(string name, string type, params XElement[] content) =>
        new(Service + name, new XAttribute(Instance + "type", type), content);
}
