using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Administration.AtomXml;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>Descriptions of topics. The order of the elements is the service's.</summary>
internal static class TopicXml
{
    private static readonly string[] Elements =
    [
        "DefaultMessageTimeToLive", "MaxSizeInMegabytes", "RequiresDuplicateDetection", "DuplicateDetectionHistoryTimeWindow",
        "EnableBatchedOperations", "SizeInBytes", "FilteringMessagesBeforePublishing", "IsAnonymousAccessible", "AuthorizationRules",
        "Status", "UserMetadata", "CreatedAt", "UpdatedAt", "AccessedAt", "SupportOrdering", "CountDetails", "SubscriptionCount",
        "AutoDeleteOnIdle", "EnablePartitioning", "EntityAvailabilityStatus", "EnableSubscriptionPartitioning", "EnableExpress",
        "MaxMessageSizeInKilobytes",
    ];

    public static TopicOptions Read(XElement description)
    {
        var reader = new DescriptionReader(description, Elements);
        reader.RefuseUnlessEmpty("EnablePartitioning", "EnableExpress");
        var defaults = new TopicOptions();
        return new TopicOptions
        {
            DefaultMessageTimeToLive = reader.Duration("DefaultMessageTimeToLive", defaults.DefaultMessageTimeToLive),
            MaxSizeInMegabytes = reader.Number("MaxSizeInMegabytes", defaults.MaxSizeInMegabytes),
            RequiresDuplicateDetection = reader.Flag("RequiresDuplicateDetection", false),
            DuplicateDetectionWindow = reader.Duration("DuplicateDetectionHistoryTimeWindow", defaults.DuplicateDetectionWindow),
            Status = reader.Status(),
            UserMetadata = reader.Text("UserMetadata"),
            AccessRules = AccessRuleXml.Read(reader.Element("AuthorizationRules")),
            AutoDeleteOnIdle = reader.Duration("AutoDeleteOnIdle", defaults.AutoDeleteOnIdle),
        };
    }

    public static XElement Write(MessageTopic topic)
    {
        var options = topic.Options;
        var subscriptions = topic.Subscriptions;
        return Description("TopicDescription",
            ("DefaultMessageTimeToLive", Duration(options.DefaultMessageTimeToLive)),
            ("MaxSizeInMegabytes", options.MaxSizeInMegabytes),
            ("RequiresDuplicateDetection", Flag(options.RequiresDuplicateDetection)),
            ("DuplicateDetectionHistoryTimeWindow", Duration(options.DuplicateDetectionWindow)),
            ("EnableBatchedOperations", Flag(true)),
            ("SizeInBytes", topic.SizeInBytes),
            ("FilteringMessagesBeforePublishing", Flag(false)),
            ("IsAnonymousAccessible", Flag(false)),
            ("AuthorizationRules", AccessRuleXml.Write(options.AccessRules)),
            ("Status", options.Status),
            ("UserMetadata", options.UserMetadata),
            ("CreatedAt", Time(topic.CreatedAt)),
            ("UpdatedAt", Time(topic.UpdatedAt)),
            ("AccessedAt", Time(topic.AccessedAt)),
            ("SupportOrdering", Flag(true)),
            ("CountDetails", QueueXml.Details(new QueueCounts(0, 0, 0, topic.ScheduledCount, 0, 0))),
            ("SubscriptionCount", subscriptions.Count),
            ("AutoDeleteOnIdle", Duration(options.AutoDeleteOnIdle)),
            ("EnablePartitioning", Flag(false)),
            ("EntityAvailabilityStatus", "Available"),
            ("EnableSubscriptionPartitioning", Flag(false)),
            ("EnableExpress", Flag(false)));
    }
}
