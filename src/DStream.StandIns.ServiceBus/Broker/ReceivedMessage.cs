namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>One delivery of a message, or a look at it: what held at the moment it was handed out.</summary>
public readonly record struct ReceivedMessage
{
    /// <summary>What the sender gave.</summary>
    public required BrokerMessage Message { get; init; }

    /// <summary>The entity's own number of the message, ascending in the order of acceptance.</summary>
    public required long SequenceNumber { get; init; }

    /// <summary>The number given when the message first entered: the topic's, for a message of a subscription.</summary>
    public required long EnqueuedSequenceNumber { get; init; }

    /// <summary>When the entity accepted the message.</summary>
    public required DateTimeOffset EnqueuedTime { get; init; }

    /// <summary>Deliveries so far, this one included; 0 for a look at a message never delivered.</summary>
    public required int DeliveryCount { get; init; }

    /// <summary>Settles the message; <see cref="Guid.Empty"/> where it is not locked.</summary>
    public required Guid LockToken { get; init; }

    /// <summary>When the lock ends by itself.</summary>
    public required DateTimeOffset LockedUntil { get; init; }

    /// <summary>Where the message waits.</summary>
    public required MessageState State { get; init; }

    /// <summary>When the message expires; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Application properties that settlement changed or added (dead-letter reason and such), or null.</summary>
    public required IReadOnlyDictionary<string, object>? ChangedProperties { get; init; }

    /// <summary>The entity a dead-lettered message came from, or null.</summary>
    public required string? DeadLetterSource { get; init; }
}
