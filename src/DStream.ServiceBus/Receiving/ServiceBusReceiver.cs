using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus.Receiving;

/// <summary>Receives over one link: a session of a queue, or an entity without sessions.</summary>
internal sealed class ServiceBusReceiver : IMessageReceiver
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly AttachedLink<SettlingLink> _link;
    private readonly BrokerConnection _connection;
    private readonly string _entity;
    private readonly string? _remediable;
    private readonly PrefetchQueue _prefetched;
    private readonly Settler _settler;
    private readonly BareMessageReader _reader;
    private readonly CancellationTokenSource _closing = new();
    private Task _renewal = Task.CompletedTask;
    private ProviderException? _failure;
    private bool _disposed;

    public ServiceBusReceiver(AttachedLink<SettlingLink> link, BrokerConnection connection, string entity, string? sessionId)
    {
        _link = link;
        _connection = connection;
        _entity = entity;
        SessionId = sessionId;
        _prefetched = new PrefetchQueue(connection.Profile.Prefetch, connection.Profile.PrefetchBytes);
        _remediable = connection.Profile.Remediable(entity);
        _settler = new Settler(link.Link, entity, _remediable, connection.Profile.SpeaksDialect);
        _reader = new BareMessageReader(sessionId);
        link.Link.AddClosedCallback((_, error) => OnClosed(error));
        // Credit of 0 only sets the callback: credit is given by hand, as the caller takes messages.
        link.Link.Start(0, OnMessage);
    }

    /// <inheritdoc/>
    public string? SessionId { get; }

    /// <summary>Keeps the session's lock until the receiver is disposed.</summary>
    public void KeepLock(ManagementLinks management, DateTimeOffset lockedUntil) =>
        _renewal = new SessionLock(
            management, _entity, SessionId!, _link.Link.Name, lockedUntil, _connection.Time, _connection.Logger, Fail).RunAsync(_closing.Token);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        var taken = new List<Delivered>();
        for (var waited = false; ; waited = true)
        {
            ThrowIfUnusable();
            _prefetched.Take(maxMessages, taken);
            GiveCredit();
            if (taken.Count > 0) return taken.ConvertAll(Open);
            if (waited || !await Waiting.ForAsync(_prefetched.ArrivalAsync(), maxWait, _connection.Time, cancellationToken).ConfigureAwait(false)) return [];
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        SettleAsync(messages, new Accepted(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        // RabbitMQ 3.10 ends the session for modified, and gives back what is released.
        SettleAsync(messages, _connection.Profile.SpeaksDialect ? new Modified { DeliveryFailed = true } : new Released(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeadLetterAsync(ReceivedMessage message, string reason, string description, CancellationToken cancellationToken)
    {
        var info = new Fields
        {
            [new Symbol("DeadLetterReason")] = Shorten(reason),
            [new Symbol("DeadLetterErrorDescription")] = Shorten(description),
        };
        return SettleAsync([message], new Rejected { Error = new Error(ServiceBusErrors.DeadLetter) { Info = info } }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        if (_failure is null) _settler.ReleaseAll();
        await _link.CloseAsync(CloseTimeout, _connection.Time).ConfigureAwait(false);
        _closing.Dispose();
    }

    // Each of both takes at most 4,096 characters.
    private static string Shorten(string text) => text.Length <= 4096 ? text : text[..4096];

    private ReceivedMessage Open(Delivered delivered) =>
        new(_reader.Read(delivered.Bare), delivered) { DeliveryCount = delivered.DeliveryCount, SequenceNumber = delivered.SequenceNumber };

    private async ValueTask SettleAsync(IReadOnlyList<ReceivedMessage> messages, Outcome state, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        try
        {
            await _settler.SettleAsync(messages, state, _connection.Profile.OperationTimeout, _connection.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerRefusedException e) when (SessionId is not null && e.Condition is ServiceBusErrors.SessionLockLost or ServiceBusErrors.MessageLockLost)
        {
            // The messages of a session are locked by its lock alone: one lost is all lost.
            Fail(e);
            throw new ProviderException(e.Message, isTransient: true, e);
        }
    }

    private void GiveCredit()
    {
        if (_prefetched.TakeCredit() is var credit and > 0) _link.Link.SetCredit(credit, CreditMode.Manual);
    }

    // The library's reader thread calls: hand over, never throw.
    private void OnMessage(IReceiverLink link, Message message)
    {
        var delivered = DeliveryReader.Read(message);
        if (delivered.Id is not null) message.Dispose(); // Its bytes were copied; the pooled buffer goes back.
        _settler.Add(delivered);
        _prefetched.Add(delivered);
    }

    private void OnClosed(Error? error)
    {
        if (!_disposed) Fail(ServiceBusErrors.From(_link.Link, error, $"Receiving from '{_entity}'", _remediable));
    }

    private void Fail(ProviderException reason)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is not null) return;
        _settler.Fail(reason);
        _prefetched.Wake();
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is { } failure) throw new ProviderException(failure.Message, failure.IsTransient, failure);
    }
}
