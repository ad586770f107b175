using System.Globalization;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Administration;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>
/// The administration of event hubs: <c>/hub</c> and <c>/hub/consumergroups/group</c>, to create, read and delete.
/// Source: https://learn.microsoft.com/rest/api/eventhub/create-event-hub and .../create-consumer-group.
/// </summary>
internal sealed class EventHubResources(EventHubNamespace hubs, string baseAddress)
{
    private static readonly string[] HubElements =
        ["MessageRetentionInDays", "Authorization", "Status", "CreatedAt", "UpdatedAt", "UserMetadata", "PartitionCount", "PartitionIds"];

    private static readonly string[] GroupElements = ["CreatedAt", "UpdatedAt", "UserMetadata"];

    /// <summary>Whether a request is about an event hub: it is one, or describes one, or is about a consumer group.</summary>
    public bool IsFor(string path, string body) => EventHubPath.TrySplitGroup(path, out _, out _) || hubs.Find(path) is not null
        || body.Contains("<EventHubDescription", StringComparison.Ordinal);

    public AdministrationAnswer Answer(string method, string path, string body)
    {
        var isGroup = EventHubPath.TrySplitGroup(path, out var hub, out var group);
        return (method, isGroup) switch
        {
            ("PUT", true) => CreateGroup(Find(hub), group, body),
            ("PUT", false) => CreateHub(path, body),
            ("GET", true) => new AdministrationAnswer(200, Entry(Find(hub), Find(hub).FindGroup(group) ?? throw MessageBroker.NotFound(path))),
            ("GET", false) => new AdministrationAnswer(200, Entry(Find(path))),
            ("DELETE", true) => Deleted(() => Find(hub).RemoveGroup(group)),
            ("DELETE", false) => Deleted(() => hubs.Delete(path)),
            _ => throw new BrokerException(BrokerError.BadRequest, $"The method {method} is not known to the administration."),
        };
    }

    private EventHub Find(string hub) => hubs.Find(hub) ?? throw MessageBroker.NotFound(hub);

    private AdministrationAnswer CreateHub(string name, string body)
    {
        var description = AtomXml.ReadDescription(body);
        var elements = new DescriptionReader(description, HubElements);
        var options = new EventHubOptions();
        var hub = hubs.Create(name, new EventHubOptions
        {
            PartitionCount = (int)elements.Number("PartitionCount", options.PartitionCount),
            Retention = TimeSpan.FromDays(elements.Number("MessageRetentionInDays", (long)options.Retention.TotalDays)),
        });
        return new AdministrationAnswer(201, Entry(hub));
    }

    private AdministrationAnswer CreateGroup(EventHub hub, string name, string body)
    {
        _ = new DescriptionReader(AtomXml.ReadDescription(body), GroupElements);
        return new AdministrationAnswer(201, Entry(hub, hub.AddGroup(name, hubs.Time.GetUtcNow())));
    }

    private static AdministrationAnswer Deleted(Action delete)
    {
        delete();
        return new AdministrationAnswer(200, null);
    }

    private XElement Entry(EventHub hub) => AtomXml.Entry(baseAddress, hub.Name, hub.Name, hub.CreatedAt, hub.CreatedAt, AtomXml.Description(
        "EventHubDescription",
        ("MessageRetentionInDays", Math.Ceiling(hub.Options.Retention.TotalDays).ToString(CultureInfo.InvariantCulture)),
        ("Status", "Active"),
        ("CreatedAt", AtomXml.Time(hub.CreatedAt)),
        ("PartitionCount", hub.Partitions.Count)));

    private XElement Entry(EventHub hub, ConsumerGroup group) => AtomXml.Entry(
        baseAddress, $"{hub.Name}/consumergroups/{group.Name}", group.Name, group.CreatedAt, group.CreatedAt,
        AtomXml.Description("ConsumerGroupDescription", ("CreatedAt", AtomXml.Time(group.CreatedAt))));
}
