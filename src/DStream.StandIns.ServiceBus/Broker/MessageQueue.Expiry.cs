namespace DStream.StandIns.ServiceBus.Broker;

public sealed partial class MessageQueue
{
    // A sweep looks at every message that waits: many lifetimes that end one after another are swept together.
    private static readonly TimeSpan LeastBetweenSweeps = TimeSpan.FromMilliseconds(50);

    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private DateTimeOffset _lastSweep = DateTimeOffset.MinValue;

    /// <summary>Deletes messages that wait, oldest first; not those that are locked, deferred or scheduled.</summary>
    /// <param name="max">At most so many.</param>
    /// <param name="enqueuedBefore">Only those that came before.</param>
    /// <param name="sessionId">Only this session's, or null for all.</param>
    /// <returns>How many there were.</returns>
    public int DeleteMessages(int max, DateTimeOffset enqueuedBefore, string? sessionId = null)
    {
        lock (_gate)
        {
            ThrowIfDisabled(EntityStatus.ReceiveDisabled, "Receive");
            var wanted = Waiting().Where(m => m.EnqueuedTime < enqueuedBefore && (sessionId is null || m.Message.SessionId == sessionId))
                .OrderBy(static m => m.SequenceNumber).Take(max).ToArray();
            foreach (var stored in wanted)
            {
                TakeOut(stored);
                LeaveSession(stored, wasElsewhere: false);
                Uncount(stored);
            }

            return wanted.Length;
        }
    }

    private IEnumerable<StoredMessage> Waiting() => _available.InOrder.Concat(_sessions.Values.SelectMany(static s => s.Available.InOrder));

    private void ExpectExpiry(DateTimeOffset at)
    {
        if (at >= _nextExpiry) return;

        _nextExpiry = at;
        _alarm.Set(at > _lastSweep + LeastBetweenSweeps ? at : _lastSweep + LeastBetweenSweeps);
    }

    private void SweepExpired(DateTimeOffset now)
    {
        if (_nextExpiry <= now)
        {
            _lastSweep = now;
            foreach (var stored in Waiting().Where(m => m.ExpiresAt <= now).ToArray())
            {
                TakeOut(stored);
                Expire(stored);
            }

            foreach (var stored in _deferred.Values.Where(m => m.ExpiresAt <= now && !m.IsLocked).ToArray()) Expire(stored);
            var next = Waiting().Concat(_deferred.Values.Where(static m => !m.IsLocked)).Select(static m => m.ExpiresAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            _nextExpiry = DateTimeOffset.MaxValue;
            ExpectExpiry(next);
        }
        else if (_nextExpiry < DateTimeOffset.MaxValue)
        {
            _alarm.Set(_nextExpiry);
        }
    }

    private void TakeOut(StoredMessage stored)
    {
        if (stored.Session is { } session)
        {
            session.Available.Remove(stored);
            _availableInSessions--;
        }
        else
        {
            _available.Remove(stored);
        }
    }

    /// <summary>Ends a message whose time is over, and which no list of available messages holds any more.</summary>
    private void Expire(StoredMessage stored)
    {
        var wasDeferred = stored.State == MessageState.Deferred;
        if (wasDeferred) _deferred.Remove(stored.SequenceNumber);
        LeaveSession(stored, wasDeferred);
        Uncount(stored);
        if (Options.DeadLetteringOnMessageExpiration)
            MoveToDeadLetter(stored, "TTLExpiredException", "The message expired and was dead lettered.");
    }
}
