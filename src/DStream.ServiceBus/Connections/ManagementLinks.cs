using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;

namespace DStream.ServiceBus.Connections;

/// <summary>One request link to the <c>$management</c> node of each entity that needs one. Thread-safe.</summary>
internal sealed class ManagementLinks(BrokerConnection connection) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Node> _nodes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Renews a session's lock and returns until when it holds.</summary>
    /// <exception cref="ProviderException">The lock was lost, or the broker did not answer.</exception>
    public async ValueTask<DateTimeOffset> RenewSessionLockAsync(string queue, string sessionId, string linkName, CancellationToken cancellationToken)
    {
        var timeout = connection.Profile.OperationTimeout;
        var request = new Message
        {
            BodySection = new AmqpValue { Value = new Map { ["session-id"] = sessionId } },
            ApplicationProperties = new ApplicationProperties
            {
                Map =
                {
                    ["operation"] = "com.microsoft:renew-session-lock",
                    ["com.microsoft:server-timeout"] = (uint)timeout.TotalMilliseconds,
                    ["associated-link-name"] = linkName,
                },
            },
        };
        var link = await GetAsync(queue, cancellationToken).ConfigureAwait(false);
        var reply = await link.RequestAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        var status = RequestReply.StatusOf(reply);
        if (status is 200 && reply.Body is Map body && body.TryGetValue("expiration", out var value) && value is DateTime until)
            return new DateTimeOffset(DateTime.SpecifyKind(until, DateTimeKind.Utc));

        // 410 Gone is how a lost lock is answered.
        var condition = RequestReply.ConditionOf(reply) ?? (status is 410 ? ServiceBusErrors.SessionLockLost : $"status {status}");
        throw new BrokerRefusedException(
            condition, ServiceBusErrors.From(condition, RequestReply.DescriptionOf(reply), $"Renewing the lock of session '{sessionId}' of '{queue}'", queue));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            if (node.Link is not null) await node.Link.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<RequestLink> GetAsync(string entity, CancellationToken cancellationToken)
    {
        var node = _nodes.GetOrAdd(entity, static _ => new Node());
        if (node.Link is { IsClosed: false } open) return open;
        await node.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (node.Link is { IsClosed: false }) return node.Link;
            if (node.Link is not null) await node.Link.DisposeAsync().ConfigureAwait(false);
            var address = entity + "/$management";
            var connected = await connection.GetAsync(cancellationToken).ConfigureAwait(false);
            using var first = await connected.Authorizer.AuthorizeAsync(address, cancellationToken).ConfigureAwait(false);
            node.Link = await RequestLink.OpenAsync(
                connected.Connection, address, () => connected.Authorizer.Use(address), connection.Profile.OperationTimeout, connection.Time, cancellationToken).ConfigureAwait(false);
            return node.Link;
        }
        finally
        {
            node.Gate.Release();
        }
    }

    private sealed class Node
    {
        private RequestLink? _link;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public RequestLink? Link
        {
            get => Volatile.Read(ref _link);
            set => Volatile.Write(ref _link, value);
        }
    }
}
