using System.Collections.Concurrent;
using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;

namespace DStream.ServiceBus.Connections;

/// <summary>
/// A pair of links for requests and their replies, to <c>$cbs</c> or to an entity's <c>$management</c> node.
/// Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response
/// </summary>
internal sealed class RequestLink : IAsyncDisposable
{
    private const int ReplyCredit = 50;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<Message>> _pending = new();
    private readonly string _replyTo = "reply-" + Guid.NewGuid().ToString("N");
    private readonly string _node;
    private readonly TimeProvider _time;
    private AttachedLink<SenderLink>? _sender;
    private AttachedLink<ReceiverLink>? _receiver;
    private long _lastId;

    private RequestLink(string node, TimeProvider time)
    {
        _node = node;
        _time = time;
    }

    public bool IsClosed => _sender is not { IsClosed: false } || _receiver is not { IsClosed: false };

    public static async ValueTask<RequestLink> OpenAsync(
        Connection connection, string node, Func<IDisposable> authorization, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var link = new RequestLink(node, time);
        var action = $"Attaching to '{node}'";
        try
        {
            link._receiver = await LinkAttachment.AttachAsync(
                connection,
                (session, onAttached) => new ReceiverLink(
                    session, link._replyTo + "-in", new Attach { Source = new Source { Address = node }, Target = new Target { Address = link._replyTo } }, onAttached),
                authorization(), action, node, timeout, time, cancellationToken).ConfigureAwait(false);
            link._sender = await LinkAttachment.AttachAsync(
                connection,
                (session, onAttached) => new SenderLink(
                    session, link._replyTo + "-out", new Attach { Source = new Source { Address = link._replyTo }, Target = new Target { Address = node } }, onAttached),
                authorization(), action, node, timeout, time, cancellationToken).ConfigureAwait(false);
            link._receiver.Link.Start(ReplyCredit, link.OnReply);
            link.FailPendingWhenClosed();
            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="ProviderException">The link closed, or no reply came in time.</exception>
    public async ValueTask<Message> RequestAsync(Message request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var action = $"A request to '{_node}'";
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        request.Properties = new Properties { MessageId = id, ReplyTo = _replyTo };
        var reply = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = reply;
        try
        {
            // What the broker thinks of the request comes as its reply; the outcome matters only where it is refused or lost.
            _sender!.Link.Send(request, null, (_, _, outcome, state) => OnOutcome((TaskCompletionSource<Message>)state, outcome, action), reply);
            if (IsClosed) Fail(reply, action);
            if (!await Waiting.ForAsync(reply.Task, timeout, _time, cancellationToken).ConfigureAwait(false)) throw ServiceBusErrors.NoAnswer(action);
            return await reply.Task.ConfigureAwait(false);
        }
        catch (AmqpException e)
        {
            throw ServiceBusErrors.From(e, action, _node);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync().ConfigureAwait(false);
        if (_receiver is not null) await _receiver.DisposeAsync().ConfigureAwait(false);
    }

    private void OnOutcome(TaskCompletionSource<Message> reply, Outcome outcome, string action)
    {
        if (outcome is Rejected rejected) reply.TrySetException(ServiceBusErrors.From(rejected.Error, action, _node));
        else if (outcome is Released) Fail(reply, action);
    }

    // The library's reader thread calls: hand over, never throw.
    private void OnReply(IReceiverLink link, Message message)
    {
        LinkAttachment.Quietly(() => link.Accept(message));
        var id = message.Properties?.GetCorrelationId()?.ToString();
        if (id is not null && _pending.TryGetValue(id, out var reply)) reply.TrySetResult(message);
    }

    private void FailPendingWhenClosed()
    {
        void OnClosed(IAmqpObject sender, Error error)
        {
            foreach (var reply in _pending.Values) Fail(reply, $"A request to '{_node}'");
        }

        _sender!.Link.AddClosedCallback(OnClosed);
        _receiver!.Link.AddClosedCallback(OnClosed);
    }

    private void Fail(TaskCompletionSource<Message> reply, string action) =>
        reply.TrySetException(ServiceBusErrors.From(_sender!.Link, _sender.Error ?? _receiver?.Error, action, _node));
}
