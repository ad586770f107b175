namespace DStream.StandIns.ServiceBus.Broker;

public sealed partial class MessageQueue
{
    private readonly Dictionary<string, MessageSession> _sessions = new(StringComparer.Ordinal);
    private readonly HashSet<MessageSession> _held = [];
    private readonly Queue<MessageSession> _line = new();
    private readonly LinkedList<(IMessageConsumer Holder, TaskCompletionSource<SessionLease> Lease)> _seekers = new();

    /// <summary>Accepts a session for a consumer.</summary>
    /// <param name="sessionId">Which, even one without messages; null for the next that has messages and no holder.</param>
    /// <param name="holder">Who receives from then on.</param>
    /// <param name="timeout">How long to wait for a next session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BrokerException">The session is held, or none came free in time.</exception>
    public async Task<SessionLease> AcceptSessionAsync(
        string? sessionId, IMessageConsumer holder, TimeSpan timeout, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SessionLease> seeking;
        LinkedListNode<(IMessageConsumer Holder, TaskCompletionSource<SessionLease> Lease)> place;
        lock (_gate)
        {
            ThrowIfDisabled(EntityStatus.ReceiveDisabled, "Receive");
            if (!Options.RequiresSession)
                throw new BrokerException(BrokerError.NotAllowed,
                    "A sessionful message receiver cannot be created on an entity that does not require sessions. " +
                    "Ensure RequiresSession is set to true when creating a Queue or Subscription to enable sessionful behavior.");

            if (sessionId is not null) return AcceptNamed(sessionId, holder);
            if (TryNextInLine(out var next)) return Hold(next, holder);

            seeking = new TaskCompletionSource<SessionLease>(TaskCreationOptions.RunContinuationsAsynchronously);
            place = _seekers.AddLast((holder, seeking));
        }

        using var patience = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken, _deleted.Token);
        await using (either.Token.Register(() => GiveUpSeeking(place)))
        {
            return await seeking.Task;
        }
    }

    /// <summary>Gives a session back: its messages become available, as if not delivered. A lost lease changes nothing.</summary>
    public void Release(SessionLease lease)
    {
        lock (_gate)
        {
            if (ReferenceEquals(lease.Session.Holder, lease.Holder)) LetGo(lease.Session, countDelivery: false);
        }
    }

    /// <summary>Prolongs a session's lock.</summary>
    /// <param name="sessionId">Which.</param>
    /// <param name="isHolder">Whether that is who asks.</param>
    /// <returns>When the lock ends now.</returns>
    /// <exception cref="BrokerException">The session's lock ended, or is another's.</exception>
    public DateTimeOffset RenewSession(string sessionId, Predicate<IMessageConsumer> isHolder)
    {
        lock (_gate)
        {
            var session = HeldSession(sessionId, isHolder);
            session.LockedUntil = _time.GetUtcNow() + Options.LockDuration;
            _alarm.Set(session.LockedUntil);
            return session.LockedUntil;
        }
    }

    /// <summary>The state stored with a session, or null.</summary>
    public ReadOnlyMemory<byte>? GetSessionState(string sessionId, Predicate<IMessageConsumer> isHolder)
    {
        lock (_gate) return HeldSession(sessionId, isHolder).State;
    }

    /// <summary>Stores a state with a session; null removes it.</summary>
    public void SetSessionState(string sessionId, ReadOnlyMemory<byte>? state, Predicate<IMessageConsumer> isHolder)
    {
        lock (_gate)
        {
            var session = HeldSession(sessionId, isHolder);
            session.State = state;
            session.StateSetAt = _time.GetUtcNow();
        }
    }

    /// <summary>The ids of sessions, in order: those with messages, or those whose state was set after a time.</summary>
    public IReadOnlyList<string> ListSessions(DateTimeOffset? stateSetAfter)
    {
        lock (_gate)
        {
            return [.. _sessions.Values
                .Where(session => stateSetAfter is { } after ? session.State is not null && session.StateSetAt > after : session.HasMessages)
                .Select(static session => session.Id)
                .Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Ends the locks of all accepted sessions now, as if their time had run out.</summary>
    /// <returns>How many there were.</returns>
    public int ExpireSessionLocks()
    {
        lock (_gate)
        {
            var count = _held.Count;
            ExpireSessions(DateTimeOffset.MaxValue);
            return count;
        }
    }

    private SessionLease AcceptNamed(string sessionId, IMessageConsumer holder)
    {
        var session = SessionOf(sessionId);
        if (session.Holder is not null)
            throw new BrokerException(BrokerError.SessionCannotBeLocked,
                $"The requested session '{sessionId}' cannot be accepted. It may be locked by another receiver.");

        return Hold(session, holder);
    }

    private void GiveUpSeeking(LinkedListNode<(IMessageConsumer Holder, TaskCompletionSource<SessionLease> Lease)> place)
    {
        lock (_gate)
        {
            if (place.List is null) return;

            _seekers.Remove(place);
            place.Value.Lease.SetException(_deleted.IsCancellationRequested
                ? new BrokerException(BrokerError.EntityNotFound, $"The messaging entity '{Path}' was deleted.")
                : new BrokerException(BrokerError.Timeout, "The operation did not complete within the allotted timeout: no session came free."));
        }
    }

    private SessionLease Hold(MessageSession session, IMessageConsumer holder)
    {
        session.Holder = holder;
        session.HolderWaits = false;
        session.LockedUntil = _time.GetUtcNow() + Options.LockDuration;
        _held.Add(session);
        _alarm.Set(session.LockedUntil);
        return new SessionLease(session, holder, session.LockedUntil);
    }

    private void LetGo(MessageSession session, bool countDelivery)
    {
        session.Holder = null;
        _held.Remove(session);
        foreach (var stored in session.Locked.ToArray()) GiveBack(stored, countDelivery);
        Announce(session);
        if (session.IsIdle) _sessions.Remove(session.Id);
    }

    private void ExpireSessions(DateTimeOffset now)
    {
        foreach (var session in _held.Where(s => s.LockedUntil <= now).ToArray())
        {
            var holder = session.Holder!;
            LetGo(session, countDelivery: true);
            holder.SessionLost(new BrokerException(BrokerError.SessionLockLost,
                $"The session lock has expired on the MessageSession '{session.Id}'. Accept a new MessageSession."));
        }

        foreach (var session in _held) _alarm.Set(session.LockedUntil);
    }

    private static void ThrowIfLost(SessionLease lease, DateTimeOffset now)
    {
        if (!ReferenceEquals(lease.Session.Holder, lease.Holder) || lease.Session.LockedUntil <= now)
            throw new BrokerException(BrokerError.SessionLockLost,
                $"The session lock has expired on the MessageSession '{lease.SessionId}'. Accept a new MessageSession.");
    }

    private MessageSession HeldSession(string sessionId, Predicate<IMessageConsumer> isHolder)
    {
        if (_sessions.TryGetValue(sessionId, out var session) && session.Holder is { } holder && isHolder(holder)
            && session.LockedUntil > _time.GetUtcNow())
            return session;

        throw new BrokerException(BrokerError.SessionLockLost,
            $"The session lock has expired on the MessageSession '{sessionId}'. Accept a new MessageSession.");
    }

    private MessageSession SessionOf(string id)
    {
        if (_sessions.TryGetValue(id, out var session)) return session;

        session = new MessageSession(id);
        _sessions.Add(id, session);
        return session;
    }

    private MessageSession JoinSession(StoredMessage stored) => stored.Session ??= SessionOf(stored.Message.SessionId!);

    private void LeaveSession(StoredMessage stored, bool wasElsewhere = true)
    {
        if (stored.Session is not { } session) return;

        if (wasElsewhere) session.Elsewhere--;
        stored.Session = null;
        if (session.IsIdle) _sessions.Remove(session.Id);
    }

    private void Announce(MessageSession session)
    {
        if (session.Available.Count == 0) return;

        if (session.Holder is { } holder)
        {
            if (!session.HolderWaits) return;

            session.HolderWaits = false;
            holder.Signal();
        }
        else if (_seekers.First is { } first)
        {
            _seekers.RemoveFirst();
            first.Value.Lease.SetResult(Hold(session, first.Value.Holder));
        }
        else if (!session.InLine)
        {
            session.InLine = true;
            _line.Enqueue(session);
        }
    }

    private bool TryNextInLine(out MessageSession session)
    {
        while (_line.TryDequeue(out session!))
        {
            session.InLine = false;
            if (session.Holder is null && session.Available.Count > 0) return true;
        }

        return false;
    }
}
