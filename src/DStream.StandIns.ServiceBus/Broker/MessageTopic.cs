namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// A topic: hands each message to all of its subscriptions. Every subscription has the rule it is born with, which lets
/// everything through; other rules cannot be made (see the README).
/// </summary>
public sealed class MessageTopic
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly DuplicateHistory? _history;
    private readonly Dictionary<string, MessageQueue> _subscriptions = new(StringComparer.OrdinalIgnoreCase);
    private bool _deleted;
    private long _lastSequenceNumber;

    internal MessageTopic(string path, TopicOptions options, TimeProvider time)
    {
        Path = path;
        Options = options;
        _time = time;
        CreatedAt = UpdatedAt = AccessedAt = time.GetUtcNow();
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

    /// <summary>The subscriptions by name, at this moment.</summary>
    public IReadOnlyDictionary<string, MessageQueue> Subscriptions
    {
        get
        {
            lock (_gate) return new Dictionary<string, MessageQueue>(_subscriptions, StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Accepts all of the messages or, throwing, none.</summary>
    /// <returns>How many were duplicates, which are accepted and dropped.</returns>
    public int Send(IReadOnlyList<BrokerMessage> messages)
    {
        lock (_gate)
        {
            if (_deleted) throw MessageBroker.NotFound(Path);
            if (Options.Status is EntityStatus.Disabled or EntityStatus.SendDisabled)
                throw new BrokerException(BrokerError.EntityDisabled, $"Messaging entity '{Path}' is currently disabled for Send.");

            var now = _time.GetUtcNow();
            AccessedAt = now;
            var duplicates = 0;
            foreach (var message in messages)
            {
                if (_history is null || _history.TryAdd(message.MessageId, now)) HandOut(message);
                else duplicates++;
            }

            return duplicates;
        }
    }

    internal MessageQueue? Find(string subscription)
    {
        lock (_gate) return _subscriptions.GetValueOrDefault(subscription);
    }

    internal bool TryAdd(string name, QueueOptions options, out MessageQueue subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(name, out subscription!)) return false;

            subscription = new MessageQueue(EntityPath.OfSubscription(Path, name), options, _time);
            _subscriptions.Add(name, subscription);
            return true;
        }
    }

    internal bool TryRemove(string name)
    {
        MessageQueue? subscription;
        lock (_gate)
        {
            if (!_subscriptions.Remove(name, out subscription)) return false;
        }

        subscription.Delete();
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
        lock (_gate) _deleted = true;
        foreach (var name in Subscriptions.Keys) TryRemove(name);
    }

    private void HandOut(BrokerMessage message)
    {
        // A message for later waits in each subscription: the same to a receiver, and one timer less.
        var number = ++_lastSequenceNumber;
        foreach (var subscription in _subscriptions.Values) subscription.SendFromTopic(Limited(message), number);
    }

    private BrokerMessage Limited(BrokerMessage message)
    {
        if (Options.DefaultMessageTimeToLive == TimeSpan.MaxValue || message.TimeToLive <= Options.DefaultMessageTimeToLive) return message;

        return new BrokerMessage
        {
            Bare = message.Bare,
            Annotations = message.Annotations,
            AnnotationItems = message.AnnotationItems,
            MessageId = message.MessageId,
            SessionId = message.SessionId,
            PartitionKey = message.PartitionKey,
            ScheduledEnqueueTime = message.ScheduledEnqueueTime,
            TimeToLive = Options.DefaultMessageTimeToLive,
        };
    }
}
