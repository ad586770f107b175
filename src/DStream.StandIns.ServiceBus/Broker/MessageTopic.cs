using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A topic: hands each message to those of its subscriptions whose rules select it. Messages for later wait in the topic. Thread-safe.</summary>
public sealed class MessageTopic : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly DuplicateHistory? _history;
    private readonly Dictionary<string, TopicSubscription> _subscriptions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Agenda<BrokerMessage> _scheduled = new();
    private readonly Alarm _alarm;
    private bool _deleted;
    private long _lastSequenceNumber;
    private long _scheduledBytes;

    internal MessageTopic(string path, TopicOptions options, TimeProvider time)
    {
        Path = path;
        Options = options;
        _time = time;
        CreatedAt = UpdatedAt = AccessedAt = time.GetUtcNow();
        _alarm = new Alarm(time, OnAlarm);
        if (options.RequiresDuplicateDetection) _history = new DuplicateHistory(options.DuplicateDetectionWindow);
    }

    /// <summary>The address, in the spelling of its creation.</summary>
    public string Path { get; }

    /// <summary>What the topic was created or updated with.</summary>
    public TopicOptions Options { get; private set; }

    /// <summary>When the topic was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When its options changed last.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When a message was last sent.</summary>
    public DateTimeOffset AccessedAt { get; private set; }

    /// <summary>How many messages wait for their time.</summary>
    public int ScheduledCount
    {
        get
        {
            lock (_gate) return _scheduled.Count;
        }
    }

    /// <summary>The bytes of all messages of all subscriptions, and of those that wait for their time.</summary>
    public long SizeInBytes
    {
        get
        {
            lock (_gate) return Size();
        }
    }

    /// <summary>The subscriptions by name, at this moment.</summary>
    public IReadOnlyDictionary<string, MessageQueue> Subscriptions
    {
        get
        {
            lock (_gate) return _subscriptions.ToDictionary(static pair => pair.Key, static pair => pair.Value.Queue, StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Accepts all of the messages or, throwing, none.</summary>
    /// <returns>How many were duplicates, which are accepted and dropped.</returns>
    public int Send(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate) return Enter(messages).Count(static number => number == 0);
    }

    /// <summary>Accepts messages for a later time: all, or throwing, none.</summary>
    /// <returns>The numbers that cancel them; 0 for a duplicate.</returns>
    public long[] Schedule(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate) return Enter(messages);
    }

    /// <summary>Takes back messages that were not handed out yet: all, or throwing, none.</summary>
    public void CancelScheduled(IReadOnlyList<long> sequenceNumbers)
    {
        lock (_gate)
        {
            foreach (var number in sequenceNumbers.Where(number => !_scheduled.Contains(number)))
                throw new BrokerException(BrokerError.MessageNotFound, $"No scheduled message has the sequence number {number}.");

            foreach (var number in sequenceNumbers)
                if (_scheduled.TryCancel(number, out var message)) _scheduledBytes -= message!.Bytes;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _alarm.Dispose();
        foreach (var subscription in Subscriptions.Values) subscription.Dispose();
    }

    internal TopicSubscription? Find(string subscription)
    {
        lock (_gate) return _subscriptions.GetValueOrDefault(subscription);
    }

    internal IReadOnlyList<TopicSubscription> All()
    {
        lock (_gate) return [.. _subscriptions.Values];
    }

    internal bool TryAdd(string name, QueueOptions options, SubscriptionRule rule, out MessageQueue subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(name, out var existing))
            {
                subscription = existing.Queue;
                return false;
            }

            subscription = new MessageQueue(EntityPath.OfSubscription(Path, name), options, _time);
            _subscriptions.Add(name, new TopicSubscription(subscription, new SubscriptionRules(rule, _time)));
            return true;
        }
    }

    internal bool TryRemove(string name)
    {
        TopicSubscription? subscription;
        lock (_gate)
        {
            if (!_subscriptions.Remove(name, out subscription)) return false;
        }

        subscription.Queue.Delete();
        return true;
    }

    internal void Update(TopicOptions options)
    {
        lock (_gate)
        {
            Options = options;
            UpdatedAt = _time.GetUtcNow();
            _history?.Window = options.DuplicateDetectionWindow;
        }
    }

    internal void Delete()
    {
        lock (_gate)
        {
            _deleted = true;
            _alarm.Dispose();
        }

        foreach (var name in Subscriptions.Keys) TryRemove(name);
    }

    private long[] Enter(IReadOnlyList<BrokerMessage> messages)
    {
        if (_deleted) throw MessageBroker.NotFound(Path);
        if (Options.Status is EntityStatus.Disabled or EntityStatus.SendDisabled)
            throw new BrokerException(BrokerError.EntityDisabled, $"Messaging entity '{Path}' is currently disabled for Send.");

        OptionRules.CheckRoom(Path, Size(), messages, Options.MaxSizeInMegabytes);
        var now = _time.GetUtcNow();
        AccessedAt = now;
        var numbers = new long[messages.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var message = messages[i];
            if (_history is not null && !_history.TryAdd(message.MessageId, now)) continue;

            numbers[i] = ++_lastSequenceNumber;
            if (message.ScheduledEnqueueTime is { } due && due > now) Keep(message, numbers[i], due);
            else HandOut(message, numbers[i]);
        }

        return numbers;
    }

    private void Keep(BrokerMessage message, long number, DateTimeOffset due)
    {
        _scheduled.Add(number, due, message);
        _scheduledBytes += message.Bytes;
        _alarm.Set(due);
    }

    private void OnAlarm()
    {
        lock (_gate)
        {
            if (_deleted) return;

            _alarm.Clear();
            var now = _time.GetUtcNow();
            while (_scheduled.TryTakeDue(now, out var message))
            {
                _scheduledBytes -= message!.Bytes;

                // As in a queue, the message comes as if it were sent now, with a new number.
                HandOut(message, ++_lastSequenceNumber);
            }

            if (_scheduled.Next is { } next) _alarm.Set(next);
        }
    }

    private void HandOut(BrokerMessage message, long number)
    {
        var limited = Options.DefaultMessageTimeToLive == TimeSpan.MaxValue || message.TimeToLive <= Options.DefaultMessageTimeToLive
            ? message
            : message with { TimeToLive = Options.DefaultMessageTimeToLive };
        foreach (var subscription in _subscriptions.Values) subscription.Take(limited, number);
    }

    private long Size() => _scheduledBytes + _subscriptions.Values.Sum(static subscription => subscription.Queue.SizeInBytes);
}
