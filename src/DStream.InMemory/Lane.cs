namespace DStream.InMemory;

/// <summary>Messages that keep their order among each other: those of a session, or all of an entity without sessions.</summary>
internal sealed class Lane(string? sessionId)
{
    public string? SessionId { get; } = sessionId;

    /// <summary>What may be delivered, in order.</summary>
    public SortedDictionary<long, StoredMessage> Available { get; } = [];

    /// <summary>Who has the session; null where it is free, and always where there are no sessions.</summary>
    public ReceiverLock? Owner { get; set; }

    /// <summary>When the session was accepted last, counted in accepts, so that every session gets its turn.</summary>
    public long LastAccepted { get; set; }
}
