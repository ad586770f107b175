namespace DStream.StandIns.ServiceBus.Broker;

public sealed partial class MessageQueue
{
    /// <summary>
    /// Takes up to <paramref name="max"/> messages. Where fewer are there, <paramref name="waiter"/> is signalled once when that
    /// may have changed.
    /// </summary>
    /// <param name="lease">The session to take from; required where the entity has sessions.</param>
    /// <param name="peekLock">Lock the messages for settlement, or else remove them at once.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="into">Filled in order.</param>
    /// <param name="waiter">Whom to signal, or null. With a lease it must be the lease's holder.</param>
    public void Receive(SessionLease? lease, bool peekLock, int max, ICollection<ReceivedMessage> into, IMessageConsumer? waiter)
    {
        lock (_gate)
        {
            ThrowIfDisabled(EntityStatus.ReceiveDisabled, "Receive");
            if (Options.RequiresSession && lease is null)
                throw new BrokerException(BrokerError.NotAllowed,
                    "It is not possible for an entity that requires sessions to create a non-sessionful message receiver.");

            var now = _time.GetUtcNow();
            AccessedAt = now;
            if (lease is not null) ThrowIfLost(lease, now);
            var taken = 0;
            for (; taken < max && TryTake(lease?.Session, now, out var stored); taken++)
            {
                stored.DeliveryCount++;
                if (peekLock) LockMessage(stored, now);
                else Uncount(stored);
                into.Add(stored.Snapshot());
            }

            if (taken == max || waiter is null) return;
            if (lease is null) _waiting.Add(waiter);
            else lease.Session.HolderWaits = true;
        }
    }

    /// <summary>Takes no more signals for this consumer.</summary>
    public void StopWaiting(IMessageConsumer waiter)
    {
        lock (_gate) _waiting.Remove(waiter);
    }

    /// <summary>Takes deferred messages by their numbers: all, or throwing, none.</summary>
    public IReadOnlyList<ReceivedMessage> ReceiveDeferred(IReadOnlyList<long> sequenceNumbers, bool peekLock, string? sessionId)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var number in sequenceNumbers)
            {
                if (!_deferred.TryGetValue(number, out var found) || found.IsLocked || found.ExpiresAt <= now
                    || (sessionId is not null && found.Message.SessionId != sessionId))
                    throw new BrokerException(BrokerError.MessageNotFound, $"No deferred message has the sequence number {number}.");
            }

            return [.. sequenceNumbers.Select(number =>
            {
                var stored = _deferred[number];
                stored.DeliveryCount++;
                if (peekLock) LockMessage(stored, now);
                else RemoveDeferred(stored);
                return stored.Snapshot();
            })];
        }
    }

    private bool TryTake(MessageSession? session, DateTimeOffset now, out StoredMessage stored)
    {
        while ((session?.Available ?? _available).TryTake(out stored))
        {
            if (session is not null) _availableInSessions--;
            if (stored.ExpiresAt > now) return true;

            Expire(stored);
        }

        return false;
    }

    private void LockMessage(StoredMessage stored, DateTimeOffset now)
    {
        stored.LockToken = Guid.NewGuid();
        _locked.Add(stored.LockToken, stored);
        if (stored.Session is { } session)
        {
            // The session's lock covers its messages: they end together.
            stored.LockedUntil = session.LockedUntil;
            session.Locked.Add(stored);
            return;
        }

        stored.LockNode = new LinkedListNode<StoredMessage>(stored);
        HoldUntil(stored, now + Options.LockDuration);
    }

    private void HoldUntil(StoredMessage stored, DateTimeOffset until)
    {
        stored.LockedUntil = until;
        if (stored.LockNode!.List is not null) _lockOrder.Remove(stored.LockNode);

        // All locks last equally long, so that the place is the end but for a change of the entity's lock duration.
        var last = _lockOrder.Last;
        while (last is not null && last.Value.LockedUntil > until) last = last.Previous;
        if (last is null) _lockOrder.AddFirst(stored.LockNode);
        else _lockOrder.AddAfter(last, stored.LockNode);
        _alarm.Set(until);
    }

    private void Unlock(StoredMessage stored)
    {
        _locked.Remove(stored.LockToken);
        stored.LockToken = Guid.Empty;
        stored.Session?.Locked.Remove(stored);
        if (stored.LockNode is not { } node) return;

        if (node.List is not null) _lockOrder.Remove(node);
        stored.LockNode = null;
    }

    private void OnAlarm()
    {
        lock (_gate)
        {
            if (_deleted.IsCancellationRequested) return;

            _alarm.Clear();
            var now = _time.GetUtcNow();
            while (_lockOrder.First is { } first && first.Value.LockedUntil <= now) GiveBack(first.Value, countDelivery: true);
            while (_scheduled.TryTakeDue(now, out var due)) Activate(due!);
            ExpireSessions(now);
            SweepExpired(now);
            if (_lockOrder.First is { } next) _alarm.Set(next.Value.LockedUntil);
            if (_scheduled.Next is { } later) _alarm.Set(later);
        }
    }
}
