using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>A link on which a client reads a partition. Nothing is settled: where to go on is the client's to remember.</summary>
internal sealed class EventReceiveLink : LinkEndpoint, IDeliveringLink, IThreadPoolWorkItem
{
    private const int MostAtOnce = 64;

    // Source of these names: the capabilities and properties that the official SDKs send with their attach.
    private static readonly Symbol SelectorFilter = "apache.org:selector-filter:string";
    private static readonly Symbol Epoch = "com.microsoft:epoch";
    private static readonly Symbol RuntimeMetric = "com.microsoft:enable-receiver-runtime-metric";

    private readonly Lock _gate = new();
    private readonly LinkCredit _credit = new();
    private readonly ListenerLink _link;
    private readonly EventHubPartition _partition;
    private readonly ConsumerGroup _group;
    private readonly TimeProvider _time;
    private readonly bool _tellsLast;
    private long _next;
    private int _scheduled;
    private volatile bool _closed;

    public EventReceiveLink(string path, ListenerLink link, Attach attach, EventHubPartition partition, ConsumerGroup group, TimeProvider time)
    {
        Path = path;
        _link = link;
        _partition = partition;
        _group = group;
        _time = time;
        OwnerLevel = attach.Properties?[Epoch] is { } level ? Convert.ToInt64(level, System.Globalization.CultureInfo.InvariantCulture) : null;
        _tellsLast = attach.DesiredCapabilities?.Contains(RuntimeMetric) == true;
        _next = partition.Find(PositionIn(attach));
        if (_next == long.MaxValue) throw new BrokerException(BrokerError.BadRequest, "The position lies beyond all numbers.");
    }

    public string Path { get; }

    public AccessRights Needs => AccessRights.Listen;

    public long Activity => Volatile.Read(ref _next);

    public bool HasCredit
    {
        get
        {
            lock (_gate) return _credit.Left > 0;
        }
    }

    /// <summary>The epoch that the client claims the partition with; null where it shares it.</summary>
    public long? OwnerLevel { get; }

    /// <summary>Takes its place in the consumer group and listens for events.</summary>
    public void Open()
    {
        _group.Add(_partition.Id, this);
        _partition.Appended += Signal;
    }

    public override void OnFlow(FlowContext flowContext)
    {
        lock (_gate) _credit.OnFlow(flowContext);
        Signal();
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        // Clients accept what they got, and a hub does not mind.
        if (!dispositionContext.Settled && !_closed && !_link.IsClosed)
            _link.DisposeMessage(dispositionContext.Message, new Accepted(), settled: true);
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => Close();

    public void Close()
    {
        if (_closed) return;
        _closed = true;
        _partition.Appended -= Signal;
        _group.Remove(_partition.Id, this);
    }

    public void Silence()
    {
        Close();
        lock (_gate)
        {
            // Whoever wrote has ended.
        }
    }

    public void Detach(Error error)
    {
        if (!_link.IsClosed) _link.Close(TimeSpan.Zero, error);
    }

    /// <summary>An owner of a higher level came.</summary>
    public void Displace(string description)
    {
        Close();
        Detach(AmqpErrors.From(new BrokerException(BrokerError.LinkStolen, description)));
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _scheduled, 0);
        try
        {
            lock (_gate) Pump();
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            // The connection ended under the delivery: the client reads on from where it knows.
            Close();
        }
    }

    private static EventPosition PositionIn(Attach attach)
    {
        var filters = ((Source)attach.Source).FilterSet;
        if (filters is null || !filters.ContainsKey(SelectorFilter)) return EventPosition.Earliest;
        var value = filters[SelectorFilter] is DescribedValue described ? described.Value : filters[SelectorFilter];
        return EventPosition.Parse(value as string ?? "");
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Pump()
    {
        while (_credit.Left > 0 && !_closed && !_link.IsClosed)
        {
            var events = _partition.Read(_next, Math.Min(_credit.Left, MostAtOnce));
            if (events.Count == 0) break;
            var last = _tellsLast ? _partition.Last : null;
            foreach (var stored in events)
            {
                _credit.OnSend();
                _next = stored.SequenceNumber + 1;
                _link.SendMessage(new TaggedMessage(Guid.NewGuid()), OutgoingEvents.Write(stored, last, _time.GetUtcNow()));
            }
        }

        if (!_link.IsDraining || _closed) return;
        _link.CompleteDrain();
        _link.SetCredit(0, drain: true);
        _credit.OnDrained();
    }
}
