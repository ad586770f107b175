namespace DStream.StandIns.ServiceBus.Broker;

public sealed partial class MessageQueue
{
    /// <summary>Removes a locked message.</summary>
    /// <exception cref="BrokerException">The lock is lost.</exception>
    public void Complete(Guid lockToken)
    {
        lock (_gate) Forget(Locked(lockToken));
    }

    /// <summary>Gives a locked message back, to be delivered again, or dead-lettered where it had its deliveries.</summary>
    public void Abandon(Guid lockToken, IReadOnlyDictionary<string, object>? changes = null)
    {
        lock (_gate)
        {
            var stored = Locked(lockToken);
            stored.Change(changes);
            GiveBack(stored, countDelivery: true);
        }
    }

    /// <summary>Gives a locked message back as if it had not been delivered.</summary>
    public void Release(Guid lockToken)
    {
        lock (_gate) GiveBack(Locked(lockToken), countDelivery: false);
    }

    /// <summary>Sets a locked message aside.</summary>
    public void Defer(Guid lockToken, IReadOnlyDictionary<string, object>? changes = null)
    {
        lock (_gate)
        {
            var stored = Locked(lockToken);
            stored.Change(changes);
            Unlock(stored);
            if (stored.State == MessageState.Deferred) return;

            stored.State = MessageState.Deferred;
            _deferred.Add(stored.SequenceNumber, stored);
            if (stored.ExpiresAt < DateTimeOffset.MaxValue) ExpectExpiry(stored.ExpiresAt);
            if (stored.Session is { } session) session.Elsewhere++;
        }
    }

    /// <summary>Moves a locked message to the dead-letter queue.</summary>
    public void MoveToDeadLetter(
        Guid lockToken, string? reason, string? description, IReadOnlyDictionary<string, object>? changes = null)
    {
        lock (_gate)
        {
            if (DeadLetter is null)
                throw new BrokerException(BrokerError.NotAllowed, $"A message of '{Path}' cannot be dead-lettered again.");

            var stored = Locked(lockToken);
            stored.Change(changes);
            var why = new Dictionary<string, object>();
            if (reason is not null) why["DeadLetterReason"] = reason;
            if (description is not null) why["DeadLetterErrorDescription"] = description;
            stored.Change(why);
            Forget(stored);
            DeadLetter.TakeDeadLetter(stored, Path);
        }
    }

    /// <summary>Prolongs the locks of messages: all, or throwing, none.</summary>
    /// <returns>When each lock ends now.</returns>
    public DateTimeOffset[] RenewLocks(IReadOnlyList<Guid> lockTokens)
    {
        lock (_gate)
        {
            var messages = lockTokens.Select(Locked).ToArray();
            var until = _time.GetUtcNow() + Options.LockDuration;
            foreach (var stored in messages)
            {
                if (stored.Session is not null)
                    throw new BrokerException(BrokerError.NotAllowed, "The lock of a message of a session is renewed with the session's.");

                HoldUntil(stored, until);
            }

            return [.. messages.Select(static m => m.LockedUntil)];
        }
    }

    private StoredMessage Locked(Guid lockToken)
    {
        if (_locked.TryGetValue(lockToken, out var stored))
        {
            var now = _time.GetUtcNow();
            if ((stored.Session?.LockedUntil ?? stored.LockedUntil) > now) return stored;
        }

        if (Options.RequiresSession)
            throw new BrokerException(BrokerError.SessionLockLost,
                "The session lock has expired on the MessageSession. Accept a new MessageSession.");

        throw new BrokerException(BrokerError.MessageLockLost,
            "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue. " +
            $"For more information please see the entity '{Path}'.");
    }

    private void Forget(StoredMessage stored)
    {
        Unlock(stored);
        if (stored.State == MessageState.Deferred)
        {
            RemoveDeferred(stored);
            return;
        }

        LeaveSession(stored, wasElsewhere: false);
        Uncount(stored);
    }

    private void RemoveDeferred(StoredMessage stored)
    {
        _deferred.Remove(stored.SequenceNumber);
        LeaveSession(stored);
        Uncount(stored);
    }

    private void GiveBack(StoredMessage stored, bool countDelivery)
    {
        Unlock(stored);
        if (!countDelivery) stored.DeliveryCount--;
        if (stored.DeliveryCount >= Options.MaxDeliveryCount)
        {
            Forget(stored);
            MoveToDeadLetter(stored, "MaxDeliveryCountExceeded",
                $"Message could not be consumed after {Options.MaxDeliveryCount} delivery attempts.");
        }
        else if (stored.State == MessageState.Active)
        {
            MakeAvailable(stored, again: true);
        }
        else if (stored.ExpiresAt < DateTimeOffset.MaxValue)
        {
            ExpectExpiry(stored.ExpiresAt);
        }
    }
}
