using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Transactions;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.EventHubs;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Decides what a link that a client wants is for. The library's own container stands behind, since only it can make an attach
/// context; this one keeps it from decoding every message.
/// </summary>
internal sealed class BrokerContainer : IContainer, ILinkProcessor
{
    private const string ManagementSuffix = "/$management";
    private const uint RequestCredit = 100;

    private readonly AmqpServer _server;
    private readonly CbsNode _cbs;
    private readonly ManagementNode _management;
    private readonly EventHubManagement _eventHubs;
    private readonly IContainer _library;

    public BrokerContainer(AmqpServer server)
    {
        _server = server;
        _cbs = new CbsNode(server);
        _management = new ManagementNode(server);
        _eventHubs = new EventHubManagement(server);

        // Never opened: the address is only there to be parsed.
        var host = new ContainerHost(["amqp://127.0.0.1:1"]);
        host.RegisterLinkProcessor(this);
        _library = host;
    }

    public X509Certificate2 ServiceCertificate => throw new NotSupportedException("The stand-in speaks plain TCP.");

    public IDictionary<string, TransportProvider> CustomTransports { get; } = new Dictionary<string, TransportProvider>();

    public Message CreateMessage(ByteBuffer buffer) => new RawMessage(buffer);

    public Link CreateLink(ListenerConnection connection, ListenerSession session, Attach attach) =>
        _library.CreateLink(connection, session, attach);

    public bool AttachLink(ListenerConnection connection, ListenerSession session, Link link, Attach attach)
    {
        var handler = (ConnectionHandler)connection.Handler;
        try
        {
            _server.ThrowIfOneTooMany(handler);
            return attach.Role
                ? AttachReceiver(connection, session, (ListenerLink)link, attach)
                : AttachSender(handler, (ListenerLink)link, attach);
        }
        catch (BrokerException refused)
        {
            throw new AmqpException(AmqpErrors.From(refused));
        }
    }

    public void Process(AttachContext attachContext)
    {
        var link = attachContext.Link;
        var attach = attachContext.Attach;
        var connection = (ConnectionHandler)link.Session.Connection.Handler;
        try
        {
            var path = EntityPath.FromAddress(((Source)attach.Source).Address);
            if (NodeOf(path) is { } node) AttachReplies(connection, attachContext, node);
            else if (EventHubPath.Parse(path) is { Partition: not null, ConsumerGroup: not null } partition) AttachPartition(connection, attachContext, path, partition);
            else AttachQueue(connection, attachContext, path);
        }
        catch (BrokerException refused)
        {
            attachContext.Complete(AmqpErrors.From(refused));
        }
    }

    private static string? NodeOf(string path) =>
        path is CbsNode.Address or EventHubManagement.Address || path.EndsWith(ManagementSuffix, StringComparison.OrdinalIgnoreCase) ? path : null;

    private bool AttachSender(ConnectionHandler connection, ListenerLink link, Attach attach)
    {
        if (attach.Target is Coordinator)
            throw new BrokerException(BrokerError.NotImplemented, "The stand-in has no transactions: send and settle without one.");

        if (attach.Target is not Target { Address: { } address })
            throw new BrokerException(BrokerError.NotImplemented, "The stand-in has no anonymous senders: the target needs an address.");

        var path = EntityPath.FromAddress(address);
        if (NodeOf(path) is { } node)
        {
            Action<ListenerLink, Message> requests = node switch
            {
                CbsNode.Address => (from, request) => _cbs.OnRequest(connection, from, (RawMessage)request),
                EventHubManagement.Address => (from, request) => _eventHubs.OnRequest(connection, from, (RawMessage)request),
                _ => RequestsTo(connection, node),
            };
            link.InitializeReceiver(RequestCredit, (from, request, _, _) => requests(from, request), this);
            return true;
        }

        Authorize(connection, path, AccessRights.Send);
        var sender = new SendLink(_server, connection, link, path, FindSink(path));
        sender.Open();
        connection.Add(link, sender);
        attach.MaxMessageSize = _server.Settings.MaxMessageBytes;
        attach.Properties = new Fields { [new Symbol("com.microsoft:max-message-batch-size")] = _server.Settings.MaxBatchBytes };
        return true;
    }

    private bool AttachReceiver(ListenerConnection connection, ListenerSession session, ListenerLink link, Attach attach)
    {
        if (attach.Source is not Source { Address: { } })
            throw new BrokerException(BrokerError.NotImplemented, "The stand-in has no dynamic sources: the source needs an address.");

        return _library.AttachLink(connection, session, link, attach);
    }

    private Action<ListenerLink, Message> RequestsTo(ConnectionHandler connection, string node)
    {
        var path = node[..^ManagementSuffix.Length];
        Authorize(connection, node, AccessRights.None);
        if (_server.Broker.FindSource(path) is null && _server.Broker.FindTopic(path) is null) throw MessageBroker.NotFound(path);

        return (from, request) => _management.OnRequest(connection, from, (RawMessage)request, node, path);
    }

    private void AttachReplies(ConnectionHandler connection, AttachContext context, string node)
    {
        // The node of event hubs looks at the token with each request, which names a hub.
        if (node is not (CbsNode.Address or EventHubManagement.Address)) Authorize(connection, node, AccessRights.None);

        var link = context.Link;
        var replies = new ReplyLink(link, node, (context.Attach.Target as Target)?.Address);
        connection.Replies.Add(link, replies);
        link.AddClosedCallback((_, _) => connection.Replies.Remove(link));
        context.Complete(replies, 0);
    }

    private void AttachQueue(ConnectionHandler connection, AttachContext context, string path)
    {
        Authorize(connection, path, AccessRights.Listen);
        var queue = _server.Broker.FindSource(path) ?? throw MessageBroker.NotFound(path);
        var isSession = SessionAttach.TryReadFilter(context.Attach, out var sessionId);
        if (!isSession) ThrowIfNotForPlainReceivers(queue, path);

        var peekLock = context.Attach.SndSettleMode != SenderSettleMode.Settled;
        var receiver = new ReceiveLink(_server, connection, context.Link, queue, path, peekLock);

        // From here on the link may be ended by others, whose error is the answer until there is one.
        var pending = new PendingAttach(context, new CancellationTokenSource());
        receiver.Await(pending);
        connection.Add(context.Link, receiver);
        context.Link.AddClosedCallback((_, _) => receiver.Close());
        var whenDeleted = queue.Deleted.Register(() => receiver.Detach(AmqpErrors.From(MessageBroker.NotFound(path))));
        context.Link.AddClosedCallback((_, _) => whenDeleted.Dispose());
        if (isSession)
        {
            SetEndpoint(context.Link, receiver, 0);
            SessionAttach.Begin(connection, context, queue, receiver, sessionId, pending);
            return;
        }

        receiver.Open();
        pending.TryAnswer(() => context.Complete(receiver, 0));
    }

    private static void ThrowIfNotForPlainReceivers(MessageQueue queue, string path)
    {
        if (queue.Options.RequiresSession)
            throw new BrokerException(BrokerError.NotAllowed,
                "It is not possible for an entity that requires sessions to create a non-sessionful message receiver.");

        if (queue.Options.Status is EntityStatus.Disabled or EntityStatus.ReceiveDisabled)
            throw new BrokerException(BrokerError.EntityDisabled, $"Messaging entity '{path}' is currently disabled.");
    }

    private void AttachPartition(ConnectionHandler connection, AttachContext context, string path, EventHubPath at)
    {
        Authorize(connection, path, AccessRights.Listen);
        var hub = _server.EventHubs.Find(at.Hub) ?? throw MessageBroker.NotFound(at.Hub);
        var group = hub.FindGroup(at.ConsumerGroup!) ?? throw MessageBroker.NotFound($"{at.Hub}:{at.ConsumerGroup}");
        var receiver = new EventReceiveLink(path, context.Link, context.Attach, hub.Partition(at.Partition!), group, _server.Settings.Time);
        receiver.Open();
        connection.Add(context.Link, receiver);
        context.Link.AddClosedCallback((_, _) => receiver.Close());
        var whenDeleted = hub.Deleted.Register(() => receiver.Detach(AmqpErrors.From(MessageBroker.NotFound(at.Hub))));
        context.Link.AddClosedCallback((_, _) => whenDeleted.Dispose());
        context.Complete(receiver, 0);
    }

    // Completing an attach does this and answers, at once; here the answer comes later.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "InitializeLinkEndpoint")]
    private static extern void SetEndpoint(ListenerLink link, LinkEndpoint endpoint, uint credit);

    private void Authorize(ConnectionHandler connection, string path, AccessRights needed)
    {
        if (_server.Faults.Take(FaultKind.EntityNotFound, path) is not null) throw MessageBroker.NotFound(path);

        if (!connection.Claims.Covers(path, needed))
            throw new BrokerException(BrokerError.Unauthorized,
                $"Unauthorized access. '{needed}' claim(s) are required to perform this operation. " +
                $"No token on this connection has them for 'sb://127.0.0.1:{_server.Settings.Port}/{path}'.");
    }

    private Func<IReadOnlyList<BrokerMessage>, int> FindSink(string path)
    {
        if (_server.Broker.FindQueue(path) is { } queue) return queue.Send;
        if (_server.Broker.FindTopic(path) is { } topic) return topic.Send;
        if (_server.Broker.FindSource(path) is not null)
            throw new BrokerException(BrokerError.NotAllowed, $"Messages cannot be sent to '{path}'.");
        var at = EventHubPath.Parse(path);
        if (_server.EventHubs.Find(at.Hub) is { } hub && at.ConsumerGroup is null)
        {
            if (at.Partition is not null) hub.Partition(at.Partition);
            return events => hub.Send(events, at.Partition);
        }

        throw MessageBroker.NotFound(path);
    }
}
