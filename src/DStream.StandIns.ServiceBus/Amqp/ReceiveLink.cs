using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A link on which a client receives from a queue, a subscription or a dead-letter queue, or from one session of it.</summary>
internal sealed class ReceiveLink : LinkEndpoint, IMessageConsumer, IDeliveringLink, IThreadPoolWorkItem
{
    // Bounds what one visit to the queue takes, so that receivers that compete share.
    private const int MostAtOnce = 64;

    // On this thread the library is writing: an outcome reported meanwhile is its own, since clients' outcomes come from the reader's thread.
    [ThreadStatic]
    private static bool _writing;

    private readonly Lock _gate = new();
    private readonly Lock _ending = new();
    private readonly LinkCredit _credit = new();
    private readonly List<ReceivedMessage> _taken = new(MostAtOnce);
    private readonly AmqpServer _server;
    private readonly ConnectionHandler _connection;
    private readonly ListenerLink _link;
    private readonly MessageQueue _queue;
    private readonly bool _peekLock;
    private readonly Settlements _settlements;
    private SessionLease? _lease;
    private PendingAttach? _pending;
    private ITimer? _nextWindow;
    private long _activity;
    private volatile int _answering;
    private int _scheduled;
    private volatile bool _open;
    private volatile bool _closed;

    /// <summary>
    /// Whether nothing can reach the client any more. The library notices in steps: the connection's state first, its links last, and
    /// until then its sends fail without an exception.
    /// </summary>
    private bool IsGone => _closed || _link.IsClosed || _link.Session.IsClosed
        || _link.Session.Connection is { IsClosed: true } or { ConnectionState: >= ConnectionState.CloseSent };

    public ReceiveLink(AmqpServer server, ConnectionHandler connection, ListenerLink link, MessageQueue queue, string path, bool peekLock)
    {
        _server = server;
        _connection = connection;
        _link = link;
        _queue = queue;
        Path = path;
        _peekLock = peekLock;
        _settlements = new Settlements(queue);
    }

    public string Path { get; }

    public AccessRights Needs => AccessRights.Listen;

    public long Activity => Volatile.Read(ref _activity);

    public bool HasCredit
    {
        get
        {
            // Somebody who looks for a session waits too.
            lock (_gate) return !_open || _credit.Left > 0;
        }
    }

    public string Name => _link.Name;

    public bool IsOf(ConnectionHandler connection) => ReferenceEquals(_connection, connection);

    /// <summary>The attach is not answered yet: a session is looked for. Flows that come meanwhile are kept.</summary>
    public void Await(PendingAttach pending) => _pending = pending;

    /// <summary>From now on messages come from this session, which is free again at once where the link has ended.</summary>
    public void Hold(SessionLease lease)
    {
        lock (_ending)
        {
            if (!_closed)
            {
                _lease = lease;
                return;
            }
        }

        _queue.Release(lease);
    }

    /// <summary>Answers the attach, of which the session is known now.</summary>
    public void Answer(Attach attach)
    {
        _answering = Environment.CurrentManagedThreadId;
        try
        {
            _link.CompleteAttach(attach, null);
        }
        finally
        {
            _answering = 0;
        }

        Open();
    }

    /// <summary>The attach is answered: deliveries may go out.</summary>
    public void Open()
    {
        _open = true;
        Signal();
    }

    public override void OnFlow(FlowContext flowContext)
    {
        // The library repeats what it was given before the answer; it was counted when it came, on the reader's thread.
        if (_answering == Environment.CurrentManagedThreadId) return;

        lock (_gate) _credit.OnFlow(flowContext);
        Signal();
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        if (dispositionContext.Message is not TaggedMessage delivery) return;

        // The library reports what it could not write, and every open delivery of a link that ends, as if the client had released or
        // (with the connection's error) rejected it. No client said so: nothing is settled, and nothing dead-lettered.
        if (_writing || IsGone)
        {
            Close();
            return;
        }

        if (_server.Faults.Take(FaultKind.DropOnSettle, Path) is not null)
        {
            _connection.Drop();
            return;
        }

        Interlocked.Increment(ref _activity);
        var outcome = _peekLock ? _settlements.Settle(delivery.Token, dispositionContext.DeliveryState) : new Accepted();
        if (!dispositionContext.Settled) _link.DisposeMessage(delivery, outcome, settled: true);
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => Close();

    /// <summary>The link is gone: its session becomes free, its messages stay locked until their time.</summary>
    public void Close()
    {
        SessionLease? lease;
        lock (_ending)
        {
            if (_closed) return;

            _closed = true;
            lease = _lease;
        }

        _queue.StopWaiting(this);
        if (lease is not null) _queue.Release(lease);
        lock (_gate) _nextWindow?.Dispose();
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
        // The library cannot close a link whose attach it has not answered: then the error is the answer.
        if (_pending is { } pending && pending.Refuse(error)) return;

        if (!_link.IsClosed) _link.Close(TimeSpan.Zero, error);
    }

    public void SessionLost(BrokerException reason) =>
        ThreadPool.UnsafeQueueUserWorkItem(static what => what.Link.Detach(what.Error), (Link: this, Error: AmqpErrors.From(reason)), preferLocal: false);

    public void Signal()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _scheduled, 0);
        try
        {
            lock (_gate) PumpOrDetach();
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            // The connection ended under the delivery. What was locked for it comes again when the lock expires.
            Close();
        }
    }

    private void PumpOrDetach()
    {
        try
        {
            Pump();
        }
        catch (BrokerException refused)
        {
            // Where the client has just closed the link its session is free already, which is nothing to tell it.
            if (!_closed) Detach(AmqpErrors.From(refused));
        }
    }

    private void Pump()
    {
        if (!_open) return;

        while (_credit.Left > 0 && !_closed)
        {
            _taken.Clear();
            var most = _server.Throttle.TakeUpTo(Math.Min(_credit.Left, MostAtOnce), out var wait);
            if (most == 0)
            {
                // Throttled deliveries wait for the next second's credits.
                _nextWindow?.Dispose();
                _nextWindow = _server.Settings.Time.CreateTimer(static link => ((ReceiveLink)link!).Signal(), this, wait, Timeout.InfiniteTimeSpan);
                return;
            }

            _queue.Receive(_lease, _peekLock, most, _taken, this);
            if (_taken.Count < most) _server.Throttle.GiveBack(most - _taken.Count);
            foreach (var received in _taken)
            {
                // What is left stays locked, or is free already with its session.
                if (_closed) return;

                Deliver(received);
            }

            if (_taken.Count == 0) break;
        }

        if (_link.IsDraining && !_closed) AnswerDrain();
    }

    private void Deliver(in ReceivedMessage received)
    {
        // A delivery without a lock needs a tag too: any that does not repeat.
        var token = received.LockToken == Guid.Empty ? Guid.NewGuid() : received.LockToken;
        var buffer = OutgoingMessages.Write(received);
        _credit.OnSend();
        Interlocked.Increment(ref _activity);
        _writing = true;
        try
        {
            _link.SendMessage(new TaggedMessage(token), buffer);
        }
        finally
        {
            _writing = false;
        }
    }

    private void AnswerDrain()
    {
        // The library's own answer uses the credit up but lacks the drain flag, by which other clients know the answer.
        _link.CompleteDrain();
        _link.SetCredit(0, drain: true);
        _credit.OnDrained();
    }
}
