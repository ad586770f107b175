namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>One session of an entity. Guarded by the entity's lock.</summary>
internal sealed class MessageSession(string id)
{
    public string Id { get; } = id;

    public MessageList Available { get; } = new();

    /// <summary>Messages out with the holder: they share the session's lock.</summary>
    public HashSet<StoredMessage> Locked { get; } = [];

    public IMessageConsumer? Holder { get; set; }

    /// <summary>Whether the holder asked for messages and found none.</summary>
    public bool HolderWaits { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public ReadOnlyMemory<byte>? State { get; set; }

    public DateTimeOffset StateSetAt { get; set; }

    /// <summary>Messages set aside or not yet visible: they keep the session in being.</summary>
    public int Elsewhere { get; set; }

    /// <summary>Whether the session stands in the line of those that anybody may take.</summary>
    public bool InLine { get; set; }

    public bool HasMessages => Available.Count > 0 || Locked.Count > 0 || Elsewhere > 0;

    public bool IsIdle => Holder is null && !HasMessages && State is null;
}
