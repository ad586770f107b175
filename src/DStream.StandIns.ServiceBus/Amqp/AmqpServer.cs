using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.EventHubs;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Listens for AMQP connections on the loopback address and serves the broker's entities to them.</summary>
internal sealed class AmqpServer : IFaultTarget, IDisposable
{
    private readonly ConcurrentDictionary<Connection, ConnectionHandler> _connections = new();
    private readonly BrokerContainer _container;
    private ConnectionListener[] _listeners = [];
    private IdleWatch? _idleWatch;

    public AmqpServer(AmqpSettings settings, MessageBroker broker, EventHubNamespace eventHubs, Throttle throttle)
    {
        Settings = settings;
        Broker = broker;
        EventHubs = eventHubs;
        Throttle = throttle;
        Faults = new FaultInjection(broker, this);
        _container = new BrokerContainer(this);
    }

    public AmqpSettings Settings { get; }

    public MessageBroker Broker { get; }

    public EventHubNamespace EventHubs { get; }

    public Throttle Throttle { get; }

    public FaultInjection Faults { get; }

    public int ConnectionCount => _connections.Count;

    /// <summary>Open links to and from entities.</summary>
    public int LinkCount => _connections.Values.Sum(static connection => connection.Links.Count);

    public int SessionCount => _connections.Values.Sum(static connection => connection.Sessions);

    public void Start()
    {
        var plain = Listen("amqp", Settings.Port, null);
        _listeners = [plain];
        if (Settings.Certificate is { } certificate) _listeners = [plain, Listen("amqps", Settings.TlsPort, certificate)];
        if (Settings.CloseIdle) _idleWatch = new IdleWatch(() => _connections, Settings.Time);
    }

    /// <summary>Stops listening and ends all connections: with a close that says so, or by breaking them.</summary>
    public void Stop(bool abruptly)
    {
        var listeners = _listeners;
        _listeners = [];
        _idleWatch?.Dispose();
        if (abruptly) DropConnections();
        foreach (var listener in listeners) Close(listener);
    }

    public void Dispose()
    {
        Stop(abruptly: true);
        _idleWatch?.Dispose();
    }

    public int DropConnections()
    {
        var handlers = _connections.Values.ToArray();
        foreach (var handler in handlers) handler.Drop();
        return handlers.Length;
    }

    public int DetachLinks(string? entity, string condition, string description)
    {
        var links = _connections.Values.SelectMany(static c => c.Links.Values)
            .Where(link => entity is null || link.Path.Equals(entity, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        foreach (var link in links) link.Detach(AmqpErrors.Make(condition, description));
        return links.Length;
    }

    public void Add(Connection connection, ConnectionHandler handler)
    {
        _connections[connection] = handler;
        handler.IsOneTooMany = _connections.Count > Broker.Limits.Connections;
        handler.Claims.Expired += () => DropUncovered(handler);
        connection.AddClosedCallback((_, _) =>
        {
            _connections.TryRemove(connection, out _);
            handler.Closed();
        });
    }

    /// <summary>
    /// Turns a connection away that is one more than there may be, by refusing its links: clients do not all listen for the end of a connection that
    /// has just opened. Once another has gone it is as good as any.
    /// </summary>
    public void ThrowIfOneTooMany(ConnectionHandler handler)
    {
        if (!handler.IsOneTooMany) return;

        handler.IsOneTooMany = _connections.Count > Broker.Limits.Connections;
        if (handler.IsOneTooMany) throw new BrokerException(BrokerError.QuotaExceeded, "ConnectionsQuotaExceeded for namespace: stand-in.");
    }

    private ConnectionListener Listen(string scheme, int port, X509Certificate2? certificate)
    {
        // The library binds every interface for the name localhost; the number means what it says.
        var listener = new ConnectionListener(new Address("127.0.0.1", port, null, null, "/", scheme), _container)
        {
            HandlerFactory = _ => new ConnectionHandler(this),
            BufferManager = new BufferManager(256, 1024 * 1024, 64 * 1024 * 1024),
        };
        listener.SASL.EnableMechanism("ANONYMOUS", new SpeakSecondProfile("ANONYMOUS"));
        listener.SASL.EnableMechanism("MSSBCBS", new SpeakSecondProfile("MSSBCBS"));
        listener.AMQP.ContainerId = "dstream-service-bus-stand-in";
        listener.AMQP.HostName = "127.0.0.1";
        listener.AMQP.IdleTimeout = (int)TimeSpan.FromMinutes(4).TotalMilliseconds;
        if (certificate is not null) listener.SSL.Certificate = certificate;
        listener.Open();
        return listener;
    }

    private void Close(ConnectionListener listener)
    {
        try
        {
            listener.Close();
        }
        catch (Exception broken) when (broken is AmqpException or ObjectDisposedException)
        {
            // A connection broke while it was being closed, and the library stopped there: the others are broken too.
            DropConnections();
        }
    }

    private static void DropUncovered(ConnectionHandler handler)
    {
        foreach (var link in handler.Links.Values.Where(link => !handler.Claims.Covers(link.Path, link.Needs)))
            link.Detach(AmqpErrors.Make(AmqpErrors.Unauthorized, "ExpiredToken: The token is expired."));
    }
}
