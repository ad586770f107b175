using System.Collections.Concurrent;
using Amqp.Framing;
using Amqp.Handler;
using DStream.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus.Receiving;

/// <summary>
/// Settles deliveries in ranges and waits for the broker's answer, so that a lost lock is seen. A settlement whose answer is lost only makes
/// the broker deliver again (I1), which duplicate detection at the topic absorbs. Thread-safe.
/// </summary>
internal sealed class Settler
{
    private readonly ConcurrentDictionary<Guid, Delivered> _unsettled = new();
    private readonly SettlingLink _link;
    private readonly string _entity;
    private readonly string? _remediable;

    // Whether the broker answers a settlement (rcv-settle-mode second); if not it is done when it is sent.
    private readonly bool _answers;
    private ProviderException? _failure;

    public Settler(SettlingLink link, string entity, string? remediable, bool answers)
    {
        _link = link;
        _entity = entity;
        _remediable = remediable;
        _answers = answers;
        link.StateChanged = OnStateChanged;
    }

    public void Add(Delivered delivered) => _unsettled[delivered.Tag] = delivered;

    /// <summary>Settles, and waits until the broker has said that it did.</summary>
    /// <exception cref="BrokerRefusedException">Transient: a lock was lost.</exception>
    /// <exception cref="ProviderException">Transient: no answer came.</exception>
    public async ValueTask SettleAsync(IReadOnlyList<ReceivedMessage> messages, Outcome state, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;
        var action = $"Settling {messages.Count} messages of '{_entity}'";
        var settlement = new Settlement(messages.Count, state is Rejected);
        foreach (var message in messages)
        {
            var delivered = message.LockToken as Delivered;
            if (delivered?.Refusal is { } before) throw Refused(before, action);
            if (delivered is null || !_unsettled.ContainsKey(delivered.Tag))
                throw new ArgumentException("A message is settled already, or was not received here.", nameof(messages));
            delivered.Settlement = settlement;
        }

        try
        {
            Send(messages.Select(static message => (Delivered)message.LockToken), state, settled: !_answers, settlement);
            if (!_answers) Forget(messages, settlement);
            if (Volatile.Read(ref _failure) is { } failure) settlement.Fail(failure);
            if (!await Waiting.ForAsync(settlement.Done, timeout, time, cancellationToken).ConfigureAwait(false)) throw ServiceBusErrors.NoAnswer(action);
            await settlement.Done.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ProviderException)
        {
            throw ServiceBusErrors.From(e, action, _remediable);
        }

        if (settlement.Refusal is { } refusal) throw Refused(refusal, action);
    }

    /// <summary>Gives back whatever is not settled, without an answer: the link is about to close.</summary>
    public void ReleaseAll() =>
        LinkAttachment.Quietly(() => Send(_unsettled.Values.OrderBy(static delivered => delivered.Id), new Released(), settled: true, null));

    /// <summary>The link has ended: no answer will come.</summary>
    public void Fail(ProviderException reason)
    {
        Volatile.Write(ref _failure, reason);
        foreach (var delivered in _unsettled.Values) delivered.Settlement?.Fail(reason);
    }

    private void Forget(IReadOnlyList<ReceivedMessage> messages, Settlement settlement)
    {
        foreach (var message in messages)
            if (_unsettled.TryRemove(((Delivered)message.LockToken).Tag, out _)) settlement.Answer(null);
    }

    private BrokerRefusedException Refused(Error refusal, string action) =>
        new(refusal.Condition?.ToString(), ServiceBusErrors.From(refusal, action, _remediable));

    private void Send(IEnumerable<Delivered> deliveries, Outcome state, bool settled, Settlement? settlement)
    {
        uint? first = null, last = null;
        foreach (var delivered in deliveries)
        {
            if (delivered.Id is not { } id)
            {
                // The library alone knows the id, and settles without an answer.
                _link.Complete(delivered.Delivery, state);
                _unsettled.TryRemove(delivered.Tag, out _);
                settlement?.Answer(null);
            }
            else if (first is not null && id == unchecked(last!.Value + 1))
            {
                last = id;
            }
            else
            {
                if (first is { } from) _link.Dispose(from, last!.Value, state, settled);
                first = last = id;
            }
        }

        if (first is { } start) _link.Dispose(start, last!.Value, state, settled);
    }

    // Called on the reader thread.
    private void OnStateChanged(IDelivery delivery)
    {
        if (delivery.Tag is not { } tag || !_unsettled.TryGetValue(Delivered.KeyOf(tag), out var delivered)) return;
        delivered.Refusal = delivered.Settlement?.Answer(delivery.State);
        _unsettled.TryRemove(delivered.Tag, out _);
    }
}
