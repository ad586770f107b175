namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// What a queue or a subscription is created with. The defaults are the service's.
/// <see cref="TimeSpan.MaxValue"/> means "never" for both times that may be unlimited.
/// </summary>
public sealed record QueueOptions
{
    /// <summary>How long a peek-locked message, or an accepted session, stays with its receiver; at most five minutes.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Receivers take one session at a time; every message needs a session id. Cannot change later.</summary>
    public bool RequiresSession { get; init; }

    /// <summary>A message id seen inside the window is accepted and dropped. Cannot change later; not for subscriptions.</summary>
    public bool RequiresDuplicateDetection { get; init; }

    /// <summary>20 seconds to 7 days.</summary>
    public TimeSpan DuplicateDetectionWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest a message lives; a message may ask for less.</summary>
    public TimeSpan DefaultMessageTimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>After so many deliveries without completion a message goes to the dead-letter queue.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Whether expired messages go to the dead-letter queue instead of vanishing.</summary>
    public bool DeadLetteringOnMessageExpiration { get; init; }

    /// <summary>Whether the entity takes and gives messages.</summary>
    public EntityStatus Status { get; init; } = EntityStatus.Active;

    /// <summary>
    /// Sends are refused once the messages, those in the dead-letter queue included, are larger. Any number from 1 on, where the service has a few.
    /// </summary>
    public long MaxSizeInMegabytes { get; init; } = 1024;

    /// <summary>Whether a message that a rule cannot judge goes to the dead-letter queue instead of vanishing; for subscriptions.</summary>
    public bool DeadLetteringOnFilterEvaluationExceptions { get; init; } = true;

    /// <summary>Keys of the entity's own, which open it beside those of the namespace.</summary>
    public IReadOnlyList<EntityAccessRule> AccessRules { get; init; } = [];

    /// <summary>Free text of the entity's owner.</summary>
    public string? UserMetadata { get; init; }

    /// <summary>Reported by the administration; the stand-in never deletes an idle entity.</summary>
    public TimeSpan AutoDeleteOnIdle { get; init; } = TimeSpan.MaxValue;
}
