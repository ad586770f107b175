using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;
using static DStream.StandIns.ServiceBus.Administration.AtomXml;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>Descriptions of queues and subscriptions. The order of the elements is the service's.</summary>
internal static class QueueXml
{
    public static readonly string[] QueueElements =
    [
        "LockDuration", "MaxSizeInMegabytes", "RequiresDuplicateDetection", "RequiresSession", "DefaultMessageTimeToLive",
        "DeadLetteringOnMessageExpiration", "DuplicateDetectionHistoryTimeWindow", "MaxDeliveryCount", "EnableBatchedOperations",
        "SizeInBytes", "MessageCount", "IsAnonymousAccessible", "AuthorizationRules", "Status", "ForwardTo", "UserMetadata", "CreatedAt",
        "UpdatedAt", "AccessedAt", "SupportOrdering", "CountDetails", "AutoDeleteOnIdle", "EnablePartitioning",
        "ForwardDeadLetteredMessagesTo", "EntityAvailabilityStatus", "EnableExpress", "MaxMessageSizeInKilobytes",
    ];

    public static readonly string[] SubscriptionElements =
    [
        "LockDuration", "RequiresSession", "DefaultMessageTimeToLive", "DeadLetteringOnMessageExpiration",
        "DeadLetteringOnFilterEvaluationExceptions", "DefaultRuleDescription", "MessageCount", "MaxDeliveryCount", "EnableBatchedOperations",
        "Status", "ForwardTo", "CreatedAt", "UpdatedAt", "AccessedAt", "UserMetadata", "CountDetails", "ForwardDeadLetteredMessagesTo",
        "AutoDeleteOnIdle", "EntityAvailabilityStatus",
    ];

    private static readonly XNamespace Counts = "http://schemas.microsoft.com/netservices/2011/06/servicebus";

    public static QueueOptions Read(XElement description, string[] order)
    {
        var reader = new DescriptionReader(description, order);
        reader.RefuseUnlessEmpty("ForwardTo", "ForwardDeadLetteredMessagesTo", "EnablePartitioning", "EnableExpress");
        var defaults = new QueueOptions();
        return new QueueOptions
        {
            LockDuration = reader.Duration("LockDuration", defaults.LockDuration),
            MaxSizeInMegabytes = reader.Number("MaxSizeInMegabytes", defaults.MaxSizeInMegabytes),
            RequiresDuplicateDetection = reader.Flag("RequiresDuplicateDetection", false),
            RequiresSession = reader.Flag("RequiresSession", false),
            DefaultMessageTimeToLive = reader.Duration("DefaultMessageTimeToLive", defaults.DefaultMessageTimeToLive),
            DeadLetteringOnMessageExpiration = reader.Flag("DeadLetteringOnMessageExpiration", false),
            DuplicateDetectionWindow = reader.Duration("DuplicateDetectionHistoryTimeWindow", defaults.DuplicateDetectionWindow),
            MaxDeliveryCount = (int)Math.Min(int.MaxValue, reader.Number("MaxDeliveryCount", defaults.MaxDeliveryCount)),
            Status = reader.Status(),
            UserMetadata = reader.Text("UserMetadata"),
            DeadLetteringOnFilterEvaluationExceptions = reader.Flag("DeadLetteringOnFilterEvaluationExceptions", true),
            AccessRules = AccessRuleXml.Read(reader.Element("AuthorizationRules")),
            AutoDeleteOnIdle = reader.Duration("AutoDeleteOnIdle", defaults.AutoDeleteOnIdle),
        };
    }

    /// <summary>The first rule of a subscription, or null where its description has none.</summary>
    public static SubscriptionRule? ReadRule(XElement description) =>
        description.Element(Service + "DefaultRuleDescription") is { HasElements: true } rule ? RuleXml.Read(rule, null) : null;

    public static XElement WriteQueue(MessageQueue queue)
    {
        var options = queue.Options;
        var counts = queue.Counts;
        return Description("QueueDescription",
            ("LockDuration", Duration(options.LockDuration)),
            ("MaxSizeInMegabytes", options.MaxSizeInMegabytes),
            ("RequiresDuplicateDetection", Flag(options.RequiresDuplicateDetection)),
            ("RequiresSession", Flag(options.RequiresSession)),
            ("DefaultMessageTimeToLive", Duration(options.DefaultMessageTimeToLive)),
            ("DeadLetteringOnMessageExpiration", Flag(options.DeadLetteringOnMessageExpiration)),
            ("DuplicateDetectionHistoryTimeWindow", Duration(options.DuplicateDetectionWindow)),
            ("MaxDeliveryCount", options.MaxDeliveryCount),
            ("EnableBatchedOperations", Flag(true)),
            ("SizeInBytes", queue.SizeInBytes),
            ("MessageCount", counts.Total + counts.DeadLettered),
            ("IsAnonymousAccessible", Flag(false)),
            ("AuthorizationRules", AccessRuleXml.Write(options.AccessRules)),
            ("Status", options.Status),
            ("UserMetadata", options.UserMetadata),
            ("CreatedAt", Time(queue.CreatedAt)),
            ("UpdatedAt", Time(queue.UpdatedAt)),
            ("AccessedAt", Time(queue.AccessedAt)),
            ("SupportOrdering", Flag(true)),
            ("CountDetails", Details(counts)),
            ("AutoDeleteOnIdle", Duration(options.AutoDeleteOnIdle)),
            ("EnablePartitioning", Flag(false)),
            ("EntityAvailabilityStatus", "Available"),
            ("EnableExpress", Flag(false)));
    }

    public static XElement WriteSubscription(MessageQueue subscription)
    {
        var options = subscription.Options;
        var counts = subscription.Counts;
        return Description("SubscriptionDescription",
            ("LockDuration", Duration(options.LockDuration)),
            ("RequiresSession", Flag(options.RequiresSession)),
            ("DefaultMessageTimeToLive", Duration(options.DefaultMessageTimeToLive)),
            ("DeadLetteringOnMessageExpiration", Flag(options.DeadLetteringOnMessageExpiration)),
            ("DeadLetteringOnFilterEvaluationExceptions", Flag(options.DeadLetteringOnFilterEvaluationExceptions)),
            ("MessageCount", counts.Total + counts.DeadLettered),
            ("MaxDeliveryCount", options.MaxDeliveryCount),
            ("EnableBatchedOperations", Flag(true)),
            ("Status", options.Status),
            ("CreatedAt", Time(subscription.CreatedAt)),
            ("UpdatedAt", Time(subscription.UpdatedAt)),
            ("AccessedAt", Time(subscription.AccessedAt)),
            ("UserMetadata", options.UserMetadata),
            ("CountDetails", Details(counts)),
            ("AutoDeleteOnIdle", Duration(options.AutoDeleteOnIdle)),
            ("EntityAvailabilityStatus", "Available"));
    }

    internal static object Details(QueueCounts counts) => new object[]
    {
        new XAttribute(XNamespace.Xmlns + "d2p1", Counts),
        new XElement(Counts + "ActiveMessageCount", counts.Active + counts.Deferred),
        new XElement(Counts + "DeadLetterMessageCount", counts.DeadLettered),
        new XElement(Counts + "ScheduledMessageCount", counts.Scheduled),
        new XElement(Counts + "TransferMessageCount", 0),
        new XElement(Counts + "TransferDeadLetterMessageCount", 0),
    };
}
