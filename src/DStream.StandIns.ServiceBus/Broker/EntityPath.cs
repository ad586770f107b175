namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>Addresses of entities, which compare without regard to case.</summary>
public static class EntityPath
{
    /// <summary>The last segment of a dead-letter queue's address.</summary>
    public const string DeadLetterName = "$DeadLetterQueue";

    /// <summary>The segment between a topic and its subscription, as the service writes it.</summary>
    public const string Subscriptions = "Subscriptions";

    private const string Rules = "/Rules";

    /// <summary>The address of a subscription.</summary>
    public static string OfSubscription(string topic, string subscription) => $"{topic}/{Subscriptions}/{subscription}";

    /// <summary>The path inside an address that may be a whole URL: without scheme, host, query and surrounding slashes.</summary>
    public static string FromAddress(string address)
    {
        // Some clients sign the whole address of a request, its query included.
        var query = address.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) address = address[..query];
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return address.Trim('/');

        var path = address.IndexOf('/', scheme + 3);
        return path < 0 ? "" : address[path..].Trim('/');
    }

    /// <summary>Splits <c>topic/subscriptions/name</c>; false for any other form.</summary>
    public static bool TrySplitSubscription(string path, out string topic, out string subscription)
    {
        const string Middle = "/" + Subscriptions + "/";
        var at = path.IndexOf(Middle, StringComparison.OrdinalIgnoreCase);
        topic = at < 0 ? "" : path[..at];
        subscription = at < 0 ? "" : path[(at + Middle.Length)..];
        return at > 0 && subscription.Length > 0 && !subscription.Contains('/', StringComparison.Ordinal);
    }

    /// <summary>The address of a rule.</summary>
    public static string OfRule(string topic, string subscription, string rule) => $"{OfSubscription(topic, subscription)}{Rules}/{rule}";

    /// <summary>Splits <c>topic/subscriptions/name/rules/name</c>; false for any other form.</summary>
    public static bool TrySplitRule(string path, out string topic, out string subscription, out string rule)
    {
        (topic, subscription, rule) = ("", "", path[(path.LastIndexOf('/') + 1)..]);
        return rule.Length > 0 && rule.Length < path.Length && TrySplitRules(path[..^(rule.Length + 1)], out topic, out subscription);
    }

    /// <summary>Splits <c>topic/subscriptions/name/rules</c>; false for any other form.</summary>
    public static bool TrySplitRules(string path, out string topic, out string subscription)
    {
        (topic, subscription) = ("", "");
        return path.EndsWith(Rules, StringComparison.OrdinalIgnoreCase) && TrySplitSubscription(path[..^Rules.Length], out topic, out subscription);
    }

    internal static string? WithoutDeadLetter(string path) =>
        path.EndsWith("/" + DeadLetterName, StringComparison.OrdinalIgnoreCase) ? path[..^(DeadLetterName.Length + 1)] : null;
}
