using DStream.Core;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DStream.RabbitMq.Connections;

/// <summary>
/// A channel in confirm mode that sends one batch at a time and returns when the broker has confirmed all of it: for a quorum queue, when most
/// of its members have written it to disk (https://www.rabbitmq.com/docs/confirms#when-publishes-are-confirmed). The library's own tracking is
/// off: it adds a header to each message. Not thread-safe; after a failure it is of no more use.
/// </summary>
internal sealed class ConfirmedChannel : IAsyncDisposable
{
    private readonly SharedConnection _connection;
    private readonly IChannel _channel;
    private readonly Lock _gate = new();

    // Of the batch under way: which are confirmed, how many are not, and what is wrong with it.
    private bool[] _confirmed = [];
    private int _missing;
    private int _low;
    private ulong _first = 1;
    private ProviderException? _refusal;
    private TaskCompletionSource _done = NewSignal();
    private string _action = "Sending";
    private bool _isBroken;

    private ConfirmedChannel(SharedConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
        _channel.BasicAcksAsync += OnAckAsync;
        _channel.BasicNacksAsync += OnNackAsync;
        _channel.BasicReturnAsync += OnReturnAsync;
        _channel.ChannelShutdownAsync += OnShutdownAsync;
    }

    public bool IsUsable => _channel.IsOpen && !_isBroken;

    public IChannel Channel => _channel;

    public static async ValueTask<ConfirmedChannel> OpenAsync(SharedConnection connection, string action, CancellationToken cancellationToken)
    {
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
        return new ConfirmedChannel(connection, await connection.OpenChannelAsync(action, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Sends all, in order, and waits for their confirms. Each must be routed to a queue.</summary>
    /// <exception cref="ProviderException">Not all were stored; which of them were is not known.</exception>
    public async ValueTask PublishAsync(string action, IReadOnlyList<Publication> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var done = Begin(action, batch.Count);
        if (_connection.Blocked.IsCompletedSuccessfully) throw IsBlocked(await _connection.Blocked.ConfigureAwait(false));
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var written = WriteAsync(batch, writing.Token);
        try
        {
            await WaitAsync(Task.WhenAll(written, done), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            _isBroken = true;

            // The messages' memory is the caller's again when this returns.
            await writing.CancelAsync().ConfigureAwait(false);
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (RabbitMqErrors.IsBrokers(problem, cancellationToken)) throw RabbitMqErrors.From(action, problem);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _channel.ChannelShutdownAsync -= OnShutdownAsync;
        try
        {
            await _channel.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, CancellationToken.None))
        {
            // It was lost with its connection.
        }
    }

    private Task Begin(string action, int count)
    {
        lock (_gate)
        {
            _action = action;
            _first += (ulong)_confirmed.Length;
            _confirmed = new bool[count];
            (_missing, _low, _refusal) = (count, 0, null);
            _done = NewSignal();
            return _done.Task;
        }
    }

    /// <summary>Waits itself where the broker does not read.</summary>
    private async Task WriteAsync(IReadOnlyList<Publication> batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (exchange, routingKey, properties, body) = batch[i];
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(Task done, CancellationToken cancellationToken)
    {
        var blocked = _connection.Blocked;
        var first = await Task.WhenAny(done, blocked).WaitAsync(_connection.Options.OperationTimeout, _connection.Time, cancellationToken).ConfigureAwait(false);
        if (first == blocked && !done.IsCompleted) throw IsBlocked(await blocked.ConfigureAwait(false));
        await done.ConfigureAwait(false);
    }

    private ProviderException IsBlocked(string reason) => new(
        $"{_action} failed: the broker takes no messages at present ({reason}). Give it memory or disk space, or let consumers read; it is tried again.", isTransient: true);

    private Task OnAckAsync(object sender, BasicAckEventArgs ack) => Settle(ack.DeliveryTag, ack.Multiple, refusal: null);

    private Task OnNackAsync(object sender, BasicNackEventArgs nack) => Settle(nack.DeliveryTag, nack.Multiple, new ProviderException(
        $"{_action} failed: the broker did not store all messages: a queue is full by a policy, or has no leader. Look at its policies and its state; it is tried again.",
        isTransient: true));

    // The return of a message comes before its confirm: https://www.rabbitmq.com/docs/publishers#unroutable.
    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        lock (_gate)
        {
            var target = returned.Exchange.Length > 0 ? $"exchange '{returned.Exchange}' has no queue bound for it" : $"there is no queue '{returned.RoutingKey}'";
            _refusal ??= new UnroutableException(
                $"{_action} failed: {target} ({returned.ReplyText}), so that the message would be lost. Create it: set create = true where the user may configure it, "
                + "or see docs/configuration.md for what to declare.");
        }

        return Task.CompletedTask;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        lock (_gate)
        {
            if (_done.TrySetException(RabbitMqErrors.From(_action, reason))) _ = _done.Task.Exception;
        }

        return Task.CompletedTask;
    }

    private Task Settle(ulong tag, bool multiple, ProviderException? refusal)
    {
        lock (_gate)
        {
            if (tag < _first || tag - _first >= (ulong)_confirmed.Length) return Task.CompletedTask;
            var index = (int)(tag - _first);
            _refusal ??= refusal;
            for (var i = multiple ? _low : index; i <= index; i++)
            {
                if (_confirmed[i]) continue;
                _confirmed[i] = true;
                _missing--;
            }

            while (_low < _confirmed.Length && _confirmed[_low]) _low++;
            if (_missing > 0) return Task.CompletedTask;
            if (_refusal is null) _done.TrySetResult();
            else _done.TrySetException(_refusal);
        }

        return Task.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
