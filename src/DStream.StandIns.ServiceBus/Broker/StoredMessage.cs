namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A message inside one entity with all that changes about it. Guarded by the entity's lock.</summary>
internal sealed class StoredMessage(BrokerMessage message, long sequenceNumber, long enqueuedSequenceNumber)
{
    public BrokerMessage Message { get; } = message;

    public long SequenceNumber { get; } = sequenceNumber;

    public long EnqueuedSequenceNumber { get; } = enqueuedSequenceNumber;

    public DateTimeOffset EnqueuedTime { get; set; }

    public DateTimeOffset ExpiresAt { get; set; } = DateTimeOffset.MaxValue;

    public int DeliveryCount { get; set; }

    public MessageState State { get; set; }

    public Guid LockToken { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public MessageSession? Session { get; set; }

    public string? DeadLetterSource { get; set; }

    public Dictionary<string, object>? ChangedProperties { get; private set; }

    /// <summary>The neighbours in the list of available messages.</summary>
    public StoredMessage? Previous { get; set; }

    public StoredMessage? Next { get; set; }

    /// <summary>The place in the order of expiring locks; null while not locked on its own.</summary>
    public LinkedListNode<StoredMessage>? LockNode { get; set; }

    public bool IsLocked => LockToken != Guid.Empty;

    public void Change(IReadOnlyDictionary<string, object>? properties)
    {
        if (properties is null || properties.Count == 0) return;

        // A fresh dictionary: deliveries already handed out keep reading the one they got.
        ChangedProperties = ChangedProperties is null ? [] : new Dictionary<string, object>(ChangedProperties);
        foreach (var (name, value) in properties) ChangedProperties[name] = value;
    }

    public ReceivedMessage Snapshot() => new()
    {
        Message = Message,
        SequenceNumber = SequenceNumber,
        EnqueuedSequenceNumber = EnqueuedSequenceNumber,
        EnqueuedTime = EnqueuedTime,
        DeliveryCount = DeliveryCount,
        LockToken = LockToken,
        LockedUntil = LockedUntil,
        State = State,
        ExpiresAt = ExpiresAt,
        ChangedProperties = ChangedProperties,
        DeadLetterSource = DeadLetterSource,
    };
}
