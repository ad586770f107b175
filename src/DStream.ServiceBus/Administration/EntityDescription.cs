using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace DStream.ServiceBus.Administration;

/// <summary>
/// Entities as ATOM entries. The service reads the elements in a fixed order and ignores what stands out of it.
/// Source: https://learn.microsoft.com/rest/api/servicebus/create-queue and SERVICEBUS-FACTS.
/// </summary>
internal static class EntityDescription
{
    private const string LockDuration = "PT1M";
    private const string DuplicateWindow = "PT10M";

    // The service's default. What a subscription's messages fail for is its consumer's business.
    private const int MaxDeliveries = 10;

    // The ingest queue's messages are good: what is not, the router dead-letters itself. So the broker must not do so because routers were
    // killed, or a topic was closed, ten times, each time until a lock ran out. The portal takes up to 2000; the emulator no more than 10
    // (https://github.com/Particular/NServiceBus.Transport.AzureServiceBus/pull/1400).
    private const int MaxDeliveriesOfQueue = 2000;
    private const int MaxDeliveriesOfEmulator = 10;

    // The most that the Standard tier keeps: a consumer that was down over a weekend must find its events.
    private const string RetentionDaysOfHub = "7";

    // A table's events share one partition, so that more serve only hubs of several tables.
    private const string PartitionsOfHub = "4";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace ServiceBus = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";

    /// <summary>The ingest queue.</summary>
    public static string Queue(bool isEmulator) => Entry(
        "QueueDescription",
        ("LockDuration", LockDuration),
        ("RequiresDuplicateDetection", "true"),
        ("RequiresSession", "true"),
        ("DuplicateDetectionHistoryTimeWindow", DuplicateWindow),
        ("MaxDeliveryCount", (isEmulator ? MaxDeliveriesOfEmulator : MaxDeliveriesOfQueue).ToString(CultureInfo.InvariantCulture)),
        ("EnableBatchedOperations", "true"));

    public static string Topic() => Entry(
        "TopicDescription",
        ("RequiresDuplicateDetection", "true"),
        ("DuplicateDetectionHistoryTimeWindow", DuplicateWindow),
        ("EnableBatchedOperations", "true"));

    public static string Subscription() => Entry(
        "SubscriptionDescription",
        ("LockDuration", LockDuration),
        ("RequiresSession", "false"),
        ("MaxDeliveryCount", MaxDeliveries.ToString(CultureInfo.InvariantCulture)),
        ("EnableBatchedOperations", "true"));

    /// <summary>An event hub. Source: https://learn.microsoft.com/rest/api/eventhub/create-event-hub</summary>
    public static string EventHub() => Entry("EventHubDescription", ("MessageRetentionInDays", RetentionDaysOfHub), ("PartitionCount", PartitionsOfHub));

    public static string ConsumerGroup() => Entry("ConsumerGroupDescription");

    /// <summary>Whether the answer holds an entity; for a missing one the service may answer with an empty feed.</summary>
    public static bool IsEntry(string answer) => DescriptionIn(answer) is not null;

    /// <summary>Reads a flag of an entry; false where it is not set.</summary>
    public static bool Flag(string answer, string name) =>
        bool.TryParse(DescriptionIn(answer)?.Element(ServiceBus + name)?.Value, out var flag) && flag;

    /// <summary>What the service says of a failure.</summary>
    public static string Detail(string answer)
    {
        try
        {
            return XDocument.Parse(answer).Descendants().FirstOrDefault(static element => element.Name.LocalName == "Detail")?.Value ?? "";
        }
        catch (XmlException)
        {
            return "";
        }
    }

    private static XElement? DescriptionIn(string answer)
    {
        try
        {
            return XDocument.Parse(answer).Descendants().FirstOrDefault(static element =>
                element.Name.Namespace == ServiceBus && element.Name.LocalName.EndsWith("Description", StringComparison.Ordinal));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Entry(string kind, params ReadOnlySpan<(string Name, string Value)> elements)
    {
        var description = new XElement(ServiceBus + kind);
        foreach (var (name, value) in elements) description.Add(new XElement(ServiceBus + name, value));
        return new XElement(Atom + "entry", new XElement(Atom + "content", new XAttribute("type", "application/xml"), description))
            .ToString(SaveOptions.DisableFormatting);
    }
}
