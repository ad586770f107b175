namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>What a topic is created with. The defaults are the service's.</summary>
public sealed record TopicOptions
{
    /// <summary>A message id seen inside the window is accepted and dropped. Cannot change later.</summary>
    public bool RequiresDuplicateDetection { get; init; }

    /// <summary>20 seconds to 7 days.</summary>
    public TimeSpan DuplicateDetectionWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest a message lives in any subscription.</summary>
    public TimeSpan DefaultMessageTimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether the topic takes messages.</summary>
    public EntityStatus Status { get; init; } = EntityStatus.Active;

    /// <summary>Sends are refused once the messages of all subscriptions together are larger. Any number from 1 on, where the service has a few.</summary>
    public long MaxSizeInMegabytes { get; init; } = 1024;

    /// <summary>Keys of the entity's own, which open it beside those of the namespace.</summary>
    public IReadOnlyList<EntityAccessRule> AccessRules { get; init; } = [];

    /// <summary>Free text of the entity's owner.</summary>
    public string? UserMetadata { get; init; }

    /// <summary>Reported by the administration; the stand-in never deletes an idle entity.</summary>
    public TimeSpan AutoDeleteOnIdle { get; init; } = TimeSpan.MaxValue;
}
