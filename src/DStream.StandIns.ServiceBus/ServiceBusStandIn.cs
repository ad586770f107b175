using System.Net;
using System.Net.Sockets;
using DStream.StandIns.ServiceBus.Administration;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.EventHubs;
using DStream.StandIns.ServiceBus.Faults;
using DStream.StandIns.ServiceBus.WebSockets;

namespace DStream.StandIns.ServiceBus;

/// <summary>
/// An in-memory server that speaks AMQP 1.0 in the dialect of Service Bus, and its administration over HTTP. For development and
/// tests: it listens on 127.0.0.1 only and keeps nothing on disk. The README says where it differs from the service.
/// </summary>
public sealed class ServiceBusStandIn : IAsyncDisposable
{
    private readonly AmqpServer _amqp;
    private readonly WebSocketGateway[] _webSockets;
    private readonly AdministrationServer _administration;

    private ServiceBusStandIn(ServiceBusStandInOptions options)
    {
        AmqpPort = options.AmqpPort == 0 ? FreePort() : options.AmqpPort;
        AdministrationPort = options.AdministrationPort == 0 ? FreePort() : options.AdministrationPort;
        WebSocketPort = options.WebSocketPort == 0 ? FreePort() : options.WebSocketPort;
        if (options.Certificate is not null)
        {
            AmqpTlsPort = options.AmqpTlsPort == 0 ? FreePort() : options.AmqpTlsPort;
            WebSocketTlsPort = options.WebSocketTlsPort == 0 ? FreePort() : options.WebSocketTlsPort;
        }

        SharedAccessKeyName = options.SharedAccessKeyName;
        SharedAccessKey = options.SharedAccessKey;
        Broker = new MessageBroker(options.TimeProvider, options.Limits);
        Throttle = new Throttle(options.TimeProvider) { CreditsPerSecond = options.CreditsPerSecond };
        var root = new AccessRule(options.SharedAccessKeyName, options.SharedAccessKey, AccessRights.All);
        var tokens = new SasTokens([root, .. options.AccessRules], Broker, options.TimeProvider);
        EventHubs = new EventHubNamespace(options.TimeProvider);
        _amqp = new AmqpServer(
            new AmqpSettings(
                AmqpPort, tokens, options.AcceptAnyJwt, (ulong)options.MaxMessageBytes, (ulong)options.MaxBatchBytes,
                options.CloseIdle, options.TimeProvider)
            {
                TlsPort = AmqpTlsPort ?? 0,
                Certificate = options.Certificate,
            },
            Broker,
            EventHubs,
            Throttle);
        _webSockets = options.Certificate is null
            ? [new WebSocketGateway(WebSocketPort, AmqpPort, null)]
            : [new WebSocketGateway(WebSocketPort, AmqpPort, null), new WebSocketGateway(WebSocketTlsPort!.Value, AmqpPort, options.Certificate)];
        _administration = new AdministrationServer(AdministrationPort, Broker, EventHubs, tokens, Throttle, options.AcceptAnyJwt, options.TimeProvider);
    }

    /// <summary>The port for AMQP, without TLS. Stays the same over a restart.</summary>
    public int AmqpPort { get; }

    /// <summary>The port for the administration over HTTP. Stays the same over a restart.</summary>
    public int AdministrationPort { get; }

    /// <summary>The port for AMQP over WebSockets, without TLS. Stays the same over a restart.</summary>
    public int WebSocketPort { get; }

    /// <summary>The port for AMQP over TLS; null without a certificate.</summary>
    public int? AmqpTlsPort { get; }

    /// <summary>The port for AMQP over WebSockets over TLS; null without a certificate.</summary>
    public int? WebSocketTlsPort { get; }

    /// <summary>Where the administration answers.</summary>
    public Uri AdministrationEndpoint => new($"http://127.0.0.1:{AdministrationPort}/");

    /// <summary>
    /// What a client connects with. <c>AdministrationPort</c> is DStream's own addition, which other clients pass over: the
    /// service's connection strings have no place for it, and its emulator has a fixed port.
    /// </summary>
    public string ConnectionString => ConnectionStringFor(AmqpPort, isPlain: true);

    /// <summary>What a client over WebSockets connects with.</summary>
    public string WebSocketConnectionString => ConnectionStringFor(WebSocketPort, isPlain: true);

    /// <summary>A connection string for one of the ports, which is plain or takes TLS. The administration has no TLS.</summary>
    public string ConnectionStringFor(int port, bool isPlain) =>
        $"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={SharedAccessKeyName};SharedAccessKey={SharedAccessKey};" +
        $"{(isPlain ? "UseDevelopmentEmulator=true;" : "")}AdministrationPort={AdministrationPort}";

    /// <summary>The name of the access rule.</summary>
    public string SharedAccessKeyName { get; }

    /// <summary>The key of the access rule.</summary>
    public string SharedAccessKey { get; }

    /// <summary>The entities and their messages, to create, count and look at.</summary>
    public MessageBroker Broker { get; }

    /// <summary>The event hubs, in the dialect of Event Hubs: the same ports, key and faults serve them.</summary>
    public EventHubNamespace EventHubs { get; }

    /// <summary>The credits that operations share: set them to have the namespace throttle by itself.</summary>
    public Throttle Throttle { get; }

    /// <summary>Misbehaviour on command.</summary>
    public FaultInjection Faults => _amqp.Faults;

    /// <summary>How many AMQP connections are open.</summary>
    public int ConnectionCount => _amqp.ConnectionCount;

    /// <summary>How many links to and from entities are open.</summary>
    public int LinkCount => _amqp.LinkCount;

    /// <summary>How many AMQP sessions are open; an ended one counts until its end was answered.</summary>
    public int SessionCount => _amqp.SessionCount;

    /// <summary>Starts a stand-in.</summary>
    /// <exception cref="SocketException">A port that was asked for is taken.</exception>
    public static Task<ServiceBusStandIn> StartAsync(ServiceBusStandInOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new ServiceBusStandInOptions();
        for (var attempt = 1; ; attempt++)
        {
            var standIn = new ServiceBusStandIn(options);
            try
            {
                standIn.Resume();
                return Task.FromResult(standIn);
            }
            catch (Exception taken) when (taken is SocketException or HttpListenerException)
            {
                // A port that was free a moment ago may be another's by now. One that was asked for stays what it is.
                standIn.Suspend(abruptly: true);
                standIn.Broker.Dispose();
                standIn.EventHubs.Dispose();
                if (attempt == 5 || (options.AmqpPort != 0 && options.AdministrationPort != 0 && options.WebSocketPort != 0)) throw;
            }
        }
    }

    /// <summary>
    /// Stops listening and ends all connections, as a broker that restarts does. Entities, messages and locks stay; sessions are
    /// free again, since they live by their links.
    /// </summary>
    /// <param name="abruptly">Break the connections without a word, or else close them with <c>amqp:connection:forced</c>.</param>
    public void Suspend(bool abruptly)
    {
        _amqp.Stop(abruptly);
        foreach (var gateway in _webSockets) gateway.Stop(abruptly);
        _administration.Stop();
    }

    /// <summary>Listens (again) on the same ports.</summary>
    public void Resume()
    {
        _amqp.Start();
        foreach (var gateway in _webSockets) gateway.Start();
        _administration.Start();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Suspend(abruptly: true);
        _amqp.Dispose();
        Broker.Dispose();
        EventHubs.Dispose();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
