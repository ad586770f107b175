using DStream.Core;

namespace DStream.InMemory;

/// <summary>
/// Receives from one session, or from an entity without sessions, and renews its lock at a third of the lock's duration by a timer of the
/// <see cref="TimeProvider"/>.
/// </summary>
public sealed class InMemoryReceiver : IMessageReceiver
{
    private readonly InMemoryBroker _broker;
    private readonly MessageStore _store;
    private readonly ReceiverLock _lock;
    private readonly ITimer _renewal;

    internal InMemoryReceiver(InMemoryBroker broker, MessageStore store, ReceiverLock held)
    {
        _broker = broker;
        _store = store;
        _lock = held;
        var period = broker.Options.LockDuration / 3;
        _renewal = broker.Time.CreateTimer(_ => broker.Renew(_lock), null, period, period);
    }

    /// <inheritdoc/>
    public string? SessionId => _lock.Lane.SessionId;

    /// <summary>Lets the lock run out, as that of a process does which was suspended or has died.</summary>
    public void StopRenewing() => _renewal.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        _broker.Inject(InMemoryOperation.Receive, _store.Path);
        var messages = await _broker.WaitForAsync(
            _store, () => Held(_lock).Take(maxMessages) is { Count: > 0 } taken ? taken : null, maxWait, cancellationToken);
        return messages is null
            ? []
            : [.. messages.Select(static message => new ReceivedMessage(message.Message, message)
            {
                DeliveryCount = message.DeliveryCount,
                SequenceNumber = message.SequenceNumber,
            })];
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        Settle(messages, number => _store.Complete(_lock, number), cancellationToken);

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        Settle(messages, number => _store.Abandon(_lock, number), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeadLetterAsync(ReceivedMessage message, string reason, string description, CancellationToken cancellationToken) =>
        Settle([message], number => _store.DeadLetter(_lock, number, reason, description), cancellationToken);

    /// <summary>Gives the session and the unsettled messages back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync();
        _broker.Change(() =>
        {
            _store.Release(_lock, countDelivery: false);
            return true;
        });
    }

    private ValueTask Settle(IReadOnlyList<ReceivedMessage> messages, Func<long, bool> settle, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _broker.Inject(InMemoryOperation.Settle, _store.Path);
        _broker.Change(() =>
        {
            _store.Expire();
            Held(_lock);
            foreach (var message in messages)
            {
                if (!settle(((StoredMessage)message.LockToken).SequenceNumber))
                    throw Lost($"message {message.SequenceNumber} is settled already or was not received here");
            }

            return true;
        });
        return ValueTask.CompletedTask;
    }

    private ReceiverLock Held(ReceiverLock held) =>
        held.IsGone ? throw Lost(SessionId is { } session ? $"the lock on session '{session}' is lost" : "the lock is lost") : held;

    private ProviderException Lost(string what) =>
        new($"Receiving from '{_store.Path}' failed: {what}. Open a receiver again; the broker delivers what was not settled.", isTransient: true);
}
