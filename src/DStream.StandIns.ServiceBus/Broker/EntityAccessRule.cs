namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A rule of an entity's own: either key opens the entity, and nothing else, with the rights.</summary>
public sealed record EntityAccessRule(string Name, AccessRights Rights, string PrimaryKey, string SecondaryKey)
{
    /// <summary>When the rule was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
