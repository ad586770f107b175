using System.Threading.Channels;
using DStream.Core;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DStream.RabbitMq.Receiving;

/// <summary>
/// A consumer that keeps what is delivered until somebody takes it; the prefetch bounds how much that is. Once the channel is closed, or the
/// broker ended the consumer, nothing comes out any more: the broker gives those messages to others.
/// </summary>
internal sealed class DeliveryBuffer(IChannel channel, string action, TimeProvider time) : IAsyncBasicConsumer
{
    private readonly Channel<Delivery> _deliveries =
        System.Threading.Channels.Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProviderException? _lost;
    private string _consumerTag = "";

    /// <inheritdoc/>
    public IChannel Channel => channel;

    /// <summary>Clock of the waits.</summary>
    public TimeProvider Time => time;

    /// <summary>Opens it.</summary>
    public static async Task<DeliveryBuffer> ConsumeAsync(
        IChannel channel, string queue, ushort prefetch, TimeProvider time, CancellationToken cancellationToken)
    {
        var action = $"Receiving from '{queue}'";
        var buffer = new DeliveryBuffer(channel, action, time);
        await channel.BasicQosAsync(prefetchSize: 0, prefetch, global: false, cancellationToken).ConfigureAwait(false);
        buffer._consumerTag = await channel.BasicConsumeAsync(queue, autoAck: false, buffer, cancellationToken).ConfigureAwait(false);
        return buffer;
    }

    /// <summary>Asks for nothing more; what was delivered stays to be settled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => channel.BasicCancelAsync(_consumerTag, noWait: false, cancellationToken);

    /// <summary>Asks for nothing more, and tells whether anything had come: the library hands over in order, the end behind the deliveries.</summary>
    public async Task<bool> StopAndLookAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken).ConfigureAwait(false);
        await _stopped.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfLost();
        return _deliveries.Reader.TryPeek(out _);
    }

    /// <exception cref="ProviderException">Transient: what was delivered is no longer this consumer's.</exception>
    public void ThrowIfLost()
    {
        if (Volatile.Read(ref _lost) is { } lost) throw lost;
        if (!channel.IsOpen) throw RabbitMqErrors.From(action, new ObjectDisposedException(nameof(IChannel)));
    }

    /// <summary>Takes what is there, up to the maximum, in order, without waiting.</summary>
    public void Take(int maxMessages, List<Delivery> into)
    {
        while (into.Count < maxMessages && _deliveries.Reader.TryRead(out var delivery)) into.Add(delivery);
    }

    /// <summary>Waits until there is something to take; false when nothing came in time.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        using var wait = new CancellationTokenSource(maxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, cancellationToken);
        try
        {
            if (await _deliveries.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false)) return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        ThrowIfLost();
        return false;
    }

    /// <inheritdoc/>
    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        _deliveries.Writer.TryWrite(new Delivery(deliveryTag, redelivered, properties, body.ToArray()));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) =>
        Lose(new ProviderException($"{action} ended: the broker cancelled it, as when the queue is deleted or moves. It is tried again.", isTransient: true));

    /// <inheritdoc/>
    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Lose(new ProviderException(
        $"{action} ended: the channel was closed ({(reason.ReplyText.Length > 0 ? reason.ReplyText : "without a reason")}). The broker delivers again what was not settled.",
        isTransient: true));

    /// <inheritdoc/>
    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _stopped.TrySetResult();
        return Task.CompletedTask;
    }

    private Task Lose(ProviderException lost)
    {
        Interlocked.CompareExchange(ref _lost, lost, null);
        _deliveries.Writer.TryComplete();
        _stopped.TrySetResult();
        return Task.CompletedTask;
    }
}
