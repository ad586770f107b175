namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// The messages of a queue, of a subscription or of a dead-letter queue. Thread-safe: one lock an entity, held for bookkeeping
/// only. Time comes from the <see cref="TimeProvider"/>, so that a fake clock can expire locks.
/// </summary>
public sealed partial class MessageQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Alarm _alarm;
    private readonly CancellationTokenSource _deleted = new();
    private readonly MessageList _available = new();
    private readonly Dictionary<Guid, StoredMessage> _locked = [];
    private readonly LinkedList<StoredMessage> _lockOrder = new();
    private readonly Dictionary<long, StoredMessage> _deferred = [];
    private readonly Agenda<StoredMessage> _scheduled = new();
    private readonly HashSet<IMessageConsumer> _waiting = [];
    private readonly DuplicateHistory? _history;
    private long _lastSequenceNumber;
    private int _availableInSessions;
    private long _bytes;

    internal MessageQueue(string path, QueueOptions options, TimeProvider time, bool isDeadLetterQueue = false)
    {
        Path = path;
        Options = options;
        _time = time;
        CreatedAt = UpdatedAt = AccessedAt = time.GetUtcNow();
        _alarm = new Alarm(time, OnAlarm);
        if (options.RequiresDuplicateDetection) _history = new DuplicateHistory(options.DuplicateDetectionWindow);
        if (isDeadLetterQueue) return;

        // A dead-letter queue has neither sessions nor an end: its messages stay until somebody takes them.
        var deadLetterOptions = new QueueOptions { LockDuration = options.LockDuration, MaxDeliveryCount = int.MaxValue };
        DeadLetter = new MessageQueue(path + "/" + EntityPath.DeadLetterName, deadLetterOptions, time, isDeadLetterQueue: true);
    }

    /// <summary>The address, in the spelling of its creation.</summary>
    public string Path { get; }

    /// <summary>What the entity was created or updated with.</summary>
    public QueueOptions Options { get; private set; }

    /// <summary>The dead-letter queue; null for a dead-letter queue itself, which takes no sends.</summary>
    public MessageQueue? DeadLetter { get; }

    /// <summary>When the entity was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When its options changed last.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When a message was last sent or received.</summary>
    public DateTimeOffset AccessedAt { get; private set; }

    /// <summary>Cancelled when the entity is deleted.</summary>
    public CancellationToken Deleted => _deleted.Token;

    /// <summary>What the entity holds now.</summary>
    public QueueCounts Counts
    {
        get
        {
            lock (_gate)
            {
                var locked = _locked.Values.Count(static m => m.State == MessageState.Active);
                return new QueueCounts(
                    _available.Count + _availableInSessions + locked, locked, _deferred.Count, _scheduled.Count,
                    DeadLetter?.Counts.Active ?? 0, _sessions.Count);
            }
        }
    }

    /// <summary>The bytes of all messages, those in the dead-letter queue included, as the service counts them against the quota.</summary>
    public long SizeInBytes => Volatile.Read(ref _bytes) + (DeadLetter?.SizeInBytes ?? 0);

    /// <summary>Looks at messages in the order of their numbers without locking them, whatever their state.</summary>
    /// <param name="fromSequenceNumber">The lowest number wanted.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="sessionId">Only this session, or null for all.</param>
    public IReadOnlyList<ReceivedMessage> Peek(long fromSequenceNumber, int max, string? sessionId = null)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            return [.. _available.InOrder
                .Concat(_sessions.Values.SelectMany(static s => s.Available.InOrder))
                .Concat(_locked.Values.Where(static m => m.State == MessageState.Active))
                .Concat(_deferred.Values)
                .Concat(_scheduled.Items)
                .Where(m => m.SequenceNumber >= fromSequenceNumber && m.ExpiresAt > now)
                .Where(m => sessionId is null || m.Message.SessionId == sessionId)
                .OrderBy(static m => m.SequenceNumber)
                .Take(max)
                .Select(static m => m.Snapshot())];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _alarm.Dispose();
        DeadLetter?.Dispose();
    }

    internal void Update(QueueOptions options)
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
        DeadLetter?.Delete();
        _deleted.Cancel();
        Dispose();
    }

    private void ThrowIfDisabled(EntityStatus oneWay, string verb)
    {
        if (Options.Status == EntityStatus.Disabled || Options.Status == oneWay)
            throw new BrokerException(BrokerError.EntityDisabled, $"Messaging entity '{Path}' is currently disabled for {verb}.");
    }
}
