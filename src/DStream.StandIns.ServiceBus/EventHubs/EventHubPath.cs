namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>Addresses of an event hub and its parts, which compare without regard to case.</summary>
/// <param name="Hub">The hub's name.</param>
/// <param name="ConsumerGroup">For receivers; null for senders.</param>
/// <param name="Partition">A partition's number; null where the hub chooses.</param>
internal sealed record EventHubPath(string Hub, string? ConsumerGroup, string? Partition)
{
    private const string Partitions = "Partitions";
    private const string ConsumerGroups = "ConsumerGroups";

    /// <summary>Reads <c>hub</c>, <c>hub/Partitions/0</c> or <c>hub/ConsumerGroups/group/Partitions/0</c>; another form's hub is all of it.</summary>
    public static EventHubPath Parse(string path)
    {
        var parts = path.Split('/');
        if (parts.Length >= 3 && Is(parts[^2], Partitions))
        {
            return parts.Length >= 5 && Is(parts[^4], ConsumerGroups)
                ? new EventHubPath(string.Join('/', parts[..^4]), parts[^3], parts[^1])
                : new EventHubPath(string.Join('/', parts[..^2]), null, parts[^1]);
        }

        return new EventHubPath(path, null, null);
    }

    /// <summary>Splits <c>hub/consumergroups/group</c>; false for any other form.</summary>
    public static bool TrySplitGroup(string path, out string hub, out string group)
    {
        var parts = path.Split('/');
        var isGroup = parts.Length >= 3 && Is(parts[^2], ConsumerGroups);
        hub = isGroup ? string.Join('/', parts[..^2]) : "";
        group = isGroup ? parts[^1] : "";
        return isGroup;
    }

    private static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);
}
