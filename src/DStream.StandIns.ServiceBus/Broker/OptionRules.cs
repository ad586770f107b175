using System.Text.RegularExpressions;

namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>The bounds that the service sets to names and options.</summary>
internal static partial class OptionRules
{
    private const int LongestPath = 260;
    private const int LongestSubscription = 50;

    public static void Check(string name, QueueOptions options)
    {
        CheckPath(name);
        CheckTimes(options.LockDuration, options.DuplicateDetectionWindow, options.DefaultMessageTimeToLive);
        Require(options.MaxDeliveryCount >= 1, "MaxDeliveryCount", "at least 1", options.MaxDeliveryCount);
        Require(options.MaxSizeInMegabytes >= 1, "MaxSizeInMegabytes", "at least 1", options.MaxSizeInMegabytes);
    }

    public static void Check(string name, TopicOptions options)
    {
        CheckPath(name);
        CheckTimes(TimeSpan.FromMinutes(1), options.DuplicateDetectionWindow, options.DefaultMessageTimeToLive);
        Require(options.MaxSizeInMegabytes >= 1, "MaxSizeInMegabytes", "at least 1", options.MaxSizeInMegabytes);
    }

    public static void CheckSubscription(string name, QueueOptions options)
    {
        if (name.Length is 0 or > LongestSubscription || !SubscriptionName().IsMatch(name))
            throw new BrokerException(BrokerError.BadRequest,
                $"'{name}' is no name for a subscription: up to {LongestSubscription} letters, digits, '.', '-' and '_', an alphanumeric at both ends.");

        if (options.RequiresDuplicateDetection)
            throw new BrokerException(BrokerError.BadRequest, "A subscription has no duplicate detection: its topic has it.");

        CheckTimes(options.LockDuration, options.DuplicateDetectionWindow, options.DefaultMessageTimeToLive);
        Require(options.MaxDeliveryCount >= 1, "MaxDeliveryCount", "at least 1", options.MaxDeliveryCount);
    }

    public static void CheckChange(QueueOptions before, QueueOptions after)
    {
        if (before.RequiresSession != after.RequiresSession) throw Unchangeable("RequiresSession");
        if (before.RequiresDuplicateDetection != after.RequiresDuplicateDetection) throw Unchangeable("RequiresDuplicateDetection");
    }

    public static void CheckChange(TopicOptions before, TopicOptions after)
    {
        if (before.RequiresDuplicateDetection != after.RequiresDuplicateDetection) throw Unchangeable("RequiresDuplicateDetection");
    }

    /// <summary>Whether messages still fit in.</summary>
    public static void CheckRoom(string path, long usedBytes, IReadOnlyList<BrokerMessage> messages, long maxMegabytes)
    {
        var bytes = usedBytes;
        foreach (var message in messages) bytes += message.Bytes;
        if (bytes > maxMegabytes * 1024 * 1024)
            throw new BrokerException(BrokerError.QuotaExceeded,
                $"The maximum entity size has been reached or exceeded for '{path}': {bytes} of {maxMegabytes * 1024 * 1024} bytes.");
    }

    private static void CheckPath(string name)
    {
        if (name.Length is 0 or > LongestPath || !Path().IsMatch(name))
            throw new BrokerException(BrokerError.BadRequest,
                $"'{name}' is no name for an entity: up to {LongestPath} letters, digits, '.', '-', '_' and '/', an alphanumeric at both ends.");
    }

    private static void CheckTimes(TimeSpan lockDuration, TimeSpan window, TimeSpan timeToLive)
    {
        Require(lockDuration >= TimeSpan.FromSeconds(5) && lockDuration <= TimeSpan.FromMinutes(5), "LockDuration", "5 seconds to 5 minutes", lockDuration);
        Require(window >= TimeSpan.FromSeconds(20) && window <= TimeSpan.FromDays(7), "DuplicateDetectionHistoryTimeWindow", "20 seconds to 7 days", window);
        Require(timeToLive >= TimeSpan.FromSeconds(1), "DefaultMessageTimeToLive", "at least 1 second", timeToLive);
    }

    private static void Require(bool holds, string option, string bounds, object value)
    {
        if (!holds) throw new BrokerException(BrokerError.BadRequest, $"{option} must be {bounds}, not {value}.");
    }

    private static BrokerException Unchangeable(string option) =>
        new(BrokerError.BadRequest, $"The value for the {option} property of an existing entity cannot be changed.");

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._\-/]*[A-Za-z0-9_])?$")]
    private static partial Regex Path();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._\-]*[A-Za-z0-9_])?$")]
    private static partial Regex SubscriptionName();
}
