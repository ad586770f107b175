using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Administration.AtomXml;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>The keys of an entity's own, as a description holds them.</summary>
internal static class AccessRuleXml
{
    public static EntityAccessRule[] Read(XElement? rules) => [.. (rules?.Elements() ?? []).Select(ReadOne)];

    public static XElement? Write(IReadOnlyList<EntityAccessRule> rules) => rules.Count == 0 ? null : new XElement(
        Service + "AuthorizationRules",
        rules.Select(static rule => new XElement(
            Service + "AuthorizationRule",
            new XAttribute(XNamespace.Xmlns + "i", Instance),
            new XAttribute(Instance + "type", "SharedAccessAuthorizationRule"),
            new XElement(Service + "ClaimType", "SharedAccessKey"),
            new XElement(Service + "ClaimValue", "None"),
            new XElement(Service + "Rights", RightsOf(rule).Select(static right => new XElement(Service + "AccessRights", right))),
            new XElement(Service + "KeyName", rule.Name),
            new XElement(Service + "PrimaryKey", rule.PrimaryKey),
            new XElement(Service + "SecondaryKey", rule.SecondaryKey))));

    private static EntityAccessRule ReadOne(XElement rule)
    {
        var rights = AccessRights.None;
        foreach (var right in rule.Element(Service + "Rights")?.Elements() ?? [])
            rights |= Enum.TryParse<AccessRights>(right.Value, out var known) ? known : throw Bad($"'{right.Value}' is no right.");

        return new EntityAccessRule(Value("KeyName"), rights, Value("PrimaryKey"), Value("SecondaryKey"));

        string Value(string name) => rule.Element(Service + name)?.Value is { Length: > 0 } value ? value : throw Bad($"An authorization rule needs a {name}.");
    }

    private static IEnumerable<AccessRights> RightsOf(EntityAccessRule rule) =>
        new[] { AccessRights.Manage, AccessRights.Send, AccessRights.Listen }.Where(right => rule.Rights.HasFlag(right));

    private static BrokerException Bad(string what) => new(BrokerError.BadRequest, what);
}
