using DStream.Core;

namespace DStream.InMemory;

/// <summary>One queue, subscription or dead-letter queue. Used only under the broker's lock.</summary>
internal sealed class MessageStore(string path, bool requiresSession, InMemoryBrokerOptions options, TimeProvider time)
{
    private const string NoSession = "";

    private readonly SortedDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly List<ReceiverLock> _locks = [];
    private long _lastSequenceNumber;
    private long _accepts;
    private long _completed;

    /// <summary>The name under which it is received from.</summary>
    public string Path { get; } = path;

    public bool RequiresSession { get; } = requiresSession;

    /// <summary>Where dead letters go; null for a dead-letter queue itself, whose messages stay until they are completed.</summary>
    public MessageStore? DeadLetters { get; init; }

    public void Add(in OutboundMessage message) => Add(new StoredMessage(++_lastSequenceNumber, message, time.GetUtcNow()));

    /// <summary>The free session that waited longest and has messages, locked; null where there is none.</summary>
    public ReceiverLock? TryAcceptSession()
    {
        Lane? next = null;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Owner is null && lane.Available.Count > 0 && (next is null || lane.LastAccepted < next.LastAccepted)) next = lane;
        }

        if (next is null) return null;
        next.LastAccepted = ++_accepts;
        return next.Owner = NewLock(next);
    }

    /// <summary>A lock for a receiver of an entity without sessions.</summary>
    public ReceiverLock NewLock() => NewLock(LaneOf(NoSession));

    public bool Complete(ReceiverLock receiver, long sequenceNumber)
    {
        if (!receiver.Messages.Remove(sequenceNumber)) return false;
        _completed++;
        return true;
    }

    public bool Abandon(ReceiverLock receiver, long sequenceNumber)
    {
        if (!receiver.Messages.Remove(sequenceNumber, out var message)) return false;
        Return(receiver.Lane, message, countDelivery: true);
        return true;
    }

    public bool DeadLetter(ReceiverLock receiver, long sequenceNumber, string reason, string description)
    {
        if (!receiver.Messages.Remove(sequenceNumber, out var message)) return false;
        MoveToDeadLetters(message, reason, description);
        return true;
    }

    /// <summary>
    /// Gives back a session and messages. Running out counts as a delivery, closing does not: "Message delivery count",
    /// https://learn.microsoft.com/azure/service-bus-messaging/message-sessions.
    /// </summary>
    public void Release(ReceiverLock receiver, bool countDelivery)
    {
        if (receiver.IsGone) return;
        receiver.IsGone = true;
        _locks.Remove(receiver);
        if (receiver.Lane.Owner == receiver) receiver.Lane.Owner = null;
        foreach (var message in receiver.Messages.Values) Return(receiver.Lane, message, countDelivery);
        receiver.Messages.Clear();
        if (RequiresSession && receiver.Lane.Available.Count == 0) _lanes.Remove(receiver.Lane.SessionId!);
    }

    /// <summary>Takes back what ran out. The clock is asked whenever the store is used, so no timer is needed.</summary>
    /// <returns>Whether anything did.</returns>
    public bool Expire()
    {
        var before = _locks.Count;
        for (var i = _locks.Count - 1; i >= 0; i--)
        {
            if (_locks[i].HasRunOut) Release(_locks[i], countDelivery: true);
        }

        return _locks.Count != before;
    }

    /// <summary>When the next lock runs out, from now; infinite where none is held.</summary>
    public TimeSpan NextExpiry() => _locks.Count == 0 ? TimeSpan.MaxValue : _locks.Min(static held => held.Remaining);

    /// <summary>Takes a session away from whoever has it.</summary>
    public bool BreakSession(string sessionId)
    {
        if (!_lanes.TryGetValue(sessionId, out var lane) || lane.Owner is not { } owner) return false;
        Release(owner, countDelivery: true);
        return true;
    }

    public IReadOnlyList<InMemoryMessage> Snapshot()
    {
        Expire();
        return [.. _lanes.Values.SelectMany(static lane => lane.Available.Values).Select(static message => message.Snapshot(isLocked: false))
            .Concat(_locks.SelectMany(static held => held.Messages.Values).Select(static message => message.Snapshot(isLocked: true)))
            .OrderBy(static message => message.SequenceNumber)];
    }

    public InMemoryCounts Count(long duplicates)
    {
        Expire();
        return new InMemoryCounts(
            _lanes.Values.Sum(static lane => lane.Available.Count), _locks.Sum(static held => held.Messages.Count),
            DeadLetters?.Snapshot().Count ?? 0, _lastSequenceNumber, _completed, duplicates);
    }

    private void Add(StoredMessage message)
    {
        LaneOf(RequiresSession ? message.Message.SessionId! : NoSession).Available.Add(message.SequenceNumber, message);
    }

    private ReceiverLock NewLock(Lane lane)
    {
        var receiver = new ReceiverLock(lane, options.LockDuration, time);
        _locks.Add(receiver);
        return receiver;
    }

    private void Return(Lane lane, StoredMessage message, bool countDelivery)
    {
        if (countDelivery && ++message.DeliveryCount >= options.MaxDeliveryCount && DeadLetters is not null)
        {
            MoveToDeadLetters(message, "MaxDeliveryCountExceeded",
                $"Message could not be consumed after {options.MaxDeliveryCount} delivery attempts.");
            return;
        }

        lane.Available.Add(message.SequenceNumber, message);
    }

    private void MoveToDeadLetters(StoredMessage message, string reason, string description)
    {
        // A dead-letter queue has none of its own: there the message only gets its new reason.
        var store = DeadLetters ?? this;
        store.Add(new StoredMessage(DeadLetters is null ? message.SequenceNumber : ++store._lastSequenceNumber, message.Message, message.EnqueuedAt)
        {
            DeliveryCount = message.DeliveryCount,
            DeadLetterReason = reason,
            DeadLetterDescription = description,
        });
    }

    private Lane LaneOf(string sessionId)
    {
        if (!_lanes.TryGetValue(sessionId, out var lane)) _lanes.Add(sessionId, lane = new Lane(RequiresSession ? sessionId : null));
        return lane;
    }
}
