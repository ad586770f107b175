using DStream.Core;
using DStream.RabbitMq.Connections;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// Receives from one queue: of a session, exclusively, or of a subscription. What is not settled goes back to its place when the channel is
/// closed, and only then: a quorum queue puts what is given back by a nack at its end, and order would be lost
/// (https://www.rabbitmq.com/docs/quorum-queues#repeated-requeues). Messages that the caller abandons therefore stay here and come again first:
/// no other consumer could get them anyhow.
/// </summary>
internal sealed class RabbitMqReceiver : IMessageReceiver
{
    private readonly IChannel _channel;
    private readonly DeliveryBuffer _deliveries;
    private readonly Publisher _publisher;
    private readonly string _queue;
    private readonly string _deadLetterQueue;
    private readonly Func<ValueTask> _release;

    // All that was given out and is not settled, and all that was abandoned, in order.
    private readonly List<ulong> _unsettled = [];
    private readonly SortedDictionary<ulong, ReceivedMessage> _abandoned = [];
    private bool _disposed;

    /// <summary>Takes over the consumer and its channel.</summary>
    /// <param name="deliveries">The consumer.</param>
    /// <param name="queue">What it receives from.</param>
    /// <param name="deadLetterQueue">Where dead letters go.</param>
    /// <param name="sessionId">The session; null for none.</param>
    /// <param name="publisher">Sends the dead letters.</param>
    /// <param name="release">What is to be done once the channel is closed.</param>
    public RabbitMqReceiver(
        DeliveryBuffer deliveries, string queue, string deadLetterQueue, string? sessionId, Publisher publisher, Func<ValueTask> release)
    {
        _channel = deliveries.Channel;
        _deliveries = deliveries;
        _queue = queue;
        _deadLetterQueue = deadLetterQueue;
        _publisher = publisher;
        _release = release;
        SessionId = sessionId;
    }

    /// <inheritdoc/>
    public string? SessionId { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        cancellationToken.ThrowIfCancellationRequested();
        _deliveries.ThrowIfLost();
        if (_abandoned.Count == 0 && !await _deliveries.WaitAsync(maxWait, cancellationToken).ConfigureAwait(false)) return [];
        _deliveries.ThrowIfLost();

        var received = new List<ReceivedMessage>();
        foreach (var message in _abandoned.Values.Take(maxMessages).ToList())
        {
            _abandoned.Remove(TagOf(message));
            received.Add(message);
        }

        var fresh = new List<Delivery>();
        _deliveries.Take(maxMessages - received.Count, fresh);
        foreach (var delivery in fresh)
        {
            _unsettled.Add(delivery.Tag);
            received.Add(Read(delivery));
        }

        return received;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        AcknowledgeAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _deliveries.ThrowIfLost();
        foreach (var message in messages)
        {
            _abandoned[TagOf(message)] = new ReceivedMessage(message.Message, message.LockToken)
            {
                DeliveryCount = message.DeliveryCount + 1, SequenceNumber = message.SequenceNumber,
            };
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DeadLetterAsync(ReceivedMessage message, string reason, string description, CancellationToken cancellationToken)
    {
        _deliveries.ThrowIfLost();
        var delivery = (Delivery)message.LockToken;
        var letter = DeadLetter.Of(_deadLetterQueue, delivery, reason, description);
        await _publisher.PublishAsync($"Dead-lettering a message of '{_queue}'", [letter], cancellationToken).ConfigureAwait(false);
        await AcknowledgeAsync([message], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await Channels.CloseAsync(_channel).ConfigureAwait(false);
        await _release().ConfigureAwait(false);
    }

    private ReceivedMessage Read(Delivery delivery) => new(MessageFormat.Read(delivery.Properties, delivery.Body, SessionId), delivery)
    {
        DeliveryCount = MessageFormat.DeliveryCount(delivery.Properties, delivery.IsRedelivered),

        // The broker has no numbers of its own; those of the channel go up in the queue's order.
        SequenceNumber = (long)delivery.Tag,
    };

    private async ValueTask AcknowledgeAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (messages.Count == 0) return;
        _deliveries.ThrowIfLost();
        try
        {
            if (AreTheFirst(messages))
            {
                await _channel.BasicAckAsync(TagOf(messages[^1]), multiple: true, cancellationToken).ConfigureAwait(false);
                _unsettled.RemoveRange(0, messages.Count);
                return;
            }

            foreach (var message in messages)
            {
                await _channel.BasicAckAsync(TagOf(message), multiple: false, cancellationToken).ConfigureAwait(false);
                _unsettled.Remove(TagOf(message));
            }
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            throw new ProviderException($"Settling messages of '{_queue}' failed: {problem.Message} The broker delivers them again.", isTransient: true, problem);
        }
    }

    /// <summary>Whether they are all of the unsettled ones up to their last, so that one acknowledgement tells all.</summary>
    private bool AreTheFirst(IReadOnlyList<ReceivedMessage> messages)
    {
        if (messages.Count > _unsettled.Count) return false;
        for (var i = 0; i < messages.Count; i++)
        {
            if (_unsettled[i] != TagOf(messages[i])) return false;
        }

        return true;
    }

    private static ulong TagOf(ReceivedMessage message) => ((Delivery)message.LockToken).Tag;
}
