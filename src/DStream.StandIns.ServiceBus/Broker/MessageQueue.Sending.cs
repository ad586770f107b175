namespace DStream.StandIns.ServiceBus.Broker;

public sealed partial class MessageQueue
{
    /// <summary>Accepts all of the messages or, throwing, none.</summary>
    /// <returns>How many were duplicates, which are accepted and dropped.</returns>
    /// <exception cref="BrokerException">The entity takes no messages, or not these.</exception>
    public int Send(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate)
        {
            Admit(messages);
            var now = _time.GetUtcNow();
            AccessedAt = now;
            var duplicates = 0;
            foreach (var message in messages)
            {
                if (_history is null || _history.TryAdd(message.MessageId, now)) Enter(message, NextNumber(), 0, now);
                else duplicates++;
            }

            return duplicates;
        }
    }

    /// <summary>Accepts messages for a later time.</summary>
    /// <returns>The numbers that cancel them; 0 for a duplicate.</returns>
    public long[] Schedule(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate)
        {
            Admit(messages);
            var now = _time.GetUtcNow();
            return [.. messages.Select(message =>
                _history is null || _history.TryAdd(message.MessageId, now) ? Enter(message, NextNumber(), 0, now) : 0)];
        }
    }

    /// <summary>Takes back messages that are not visible yet: all, or throwing, none.</summary>
    public void CancelScheduled(IReadOnlyList<long> sequenceNumbers)
    {
        lock (_gate)
        {
            foreach (var number in sequenceNumbers.Where(number => !_scheduled.Contains(number)))
                throw new BrokerException(BrokerError.MessageNotFound, $"No scheduled message has the sequence number {number}.");

            foreach (var number in sequenceNumbers)
            {
                if (!_scheduled.TryCancel(number, out var stored)) continue;

                LeaveSession(stored!);
                Uncount(stored!);
            }
        }
    }

    /// <summary>A message that a topic hands to its subscription.</summary>
    internal void SendFromTopic(BrokerMessage message, long topicSequenceNumber)
    {
        if (Options.RequiresSession && message.SessionId is null)
            DeadLetterFromTopic(message, topicSequenceNumber, "Session id is null.", "The subscription requires sessions and the message has no session id.");
        else
            lock (_gate) Enter(message, NextNumber(), topicSequenceNumber, _time.GetUtcNow());
    }

    /// <summary>A message that a subscription cannot take.</summary>
    internal void DeadLetterFromTopic(BrokerMessage message, long topicSequenceNumber, string reason, string description)
    {
        lock (_gate)
        {
            var stored = new StoredMessage(message, NextNumber(), topicSequenceNumber) { EnqueuedTime = _time.GetUtcNow() };
            MoveToDeadLetter(stored, reason, description);
        }
    }

    private void Admit(IReadOnlyList<BrokerMessage> messages)
    {
        if (DeadLetter is null) throw new BrokerException(BrokerError.NotAllowed, $"Messages cannot be sent to '{Path}'.");

        if (_deleted.IsCancellationRequested) throw MessageBroker.NotFound(Path);
        ThrowIfDisabled(EntityStatus.SendDisabled, "Send");
        if (Options.RequiresSession && messages.Any(static m => m.SessionId is null))
            throw new BrokerException(BrokerError.NotAllowed,
                "The SessionId was not set on a message, and it cannot be sent to the entity. " +
                "Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.");

        OptionRules.CheckRoom(Path, SizeInBytes, messages, Options.MaxSizeInMegabytes);
    }

    private long NextNumber() => ++_lastSequenceNumber;

    private long Enter(BrokerMessage message, long number, long enqueuedNumber, DateTimeOffset now)
    {
        var stored = new StoredMessage(message, number, enqueuedNumber == 0 ? number : enqueuedNumber) { EnqueuedTime = now };
        Count(stored);
        if (message.ScheduledEnqueueTime is { } due && due > now)
        {
            stored.State = MessageState.Scheduled;
            stored.EnqueuedTime = due;
            if (Options.RequiresSession) JoinSession(stored).Elsewhere++;
            _scheduled.Add(number, due, stored);
            _alarm.Set(due);
            return number;
        }

        stored.ExpiresAt = ExpiryOf(message, now);
        MakeAvailable(stored);
        return number;
    }

    private void Activate(StoredMessage scheduled)
    {
        // The service appends the message as if it came now, with a new number.
        var now = _time.GetUtcNow();
        LeaveSession(scheduled);
        var stored = new StoredMessage(scheduled.Message, NextNumber(), scheduled.EnqueuedSequenceNumber)
        {
            EnqueuedTime = now,
            ExpiresAt = ExpiryOf(scheduled.Message, now),
        };
        MakeAvailable(stored);
    }

    private DateTimeOffset ExpiryOf(BrokerMessage message, DateTimeOffset now)
    {
        var life = message.TimeToLive is { } asked && asked < Options.DefaultMessageTimeToLive ? asked : Options.DefaultMessageTimeToLive;
        return life >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + life;
    }

    private void MakeAvailable(StoredMessage stored, bool again = false)
    {
        var list = _available;
        if (Options.RequiresSession)
        {
            list = JoinSession(stored).Available;
            _availableInSessions++;
        }

        if (again) list.Return(stored);
        else list.Append(stored);
        if (stored.ExpiresAt < DateTimeOffset.MaxValue) ExpectExpiry(stored.ExpiresAt);

        if (stored.Session is { } session) Announce(session);
        else Announce();
    }

    private void Announce()
    {
        if (_waiting.Count == 0) return;

        foreach (var consumer in _waiting) consumer.Signal();
        _waiting.Clear();
    }

    private void MoveToDeadLetter(StoredMessage stored, string reason, string description)
    {
        stored.Change(new Dictionary<string, object> { ["DeadLetterReason"] = reason, ["DeadLetterErrorDescription"] = description });
        DeadLetter?.TakeDeadLetter(stored, Path);
    }

    private void TakeDeadLetter(StoredMessage from, string source)
    {
        lock (_gate)
        {
            // Only a scheduled message gets a new number, when its time comes (MicrosoftDocs/azure-docs, issue 97032).
            var stored = new StoredMessage(from.Message, from.SequenceNumber, from.EnqueuedSequenceNumber)
            {
                EnqueuedTime = from.EnqueuedTime,
                DeliveryCount = from.DeliveryCount,
                DeadLetterSource = source,
            };
            stored.Change(from.ChangedProperties);
            Count(stored);
            MakeAvailable(stored, again: true);
        }
    }

    private void Count(StoredMessage stored) => Volatile.Write(ref _bytes, _bytes + stored.Message.Bytes);

    private void Uncount(StoredMessage stored) => Volatile.Write(ref _bytes, _bytes - stored.Message.Bytes);
}
