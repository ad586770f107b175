using Amqp;
using Amqp.Sasl;

namespace DStream.ServiceBus.Connections;

/// <summary>Where the broker listens, and what carries AMQP there.</summary>
internal static class BrokerAddress
{
    // The path and the sub-protocol that the service's SDKs ask for. The library's own default is that of the later OASIS binding ("amqp"),
    // which the service takes too. Sources: AmqpConnectionScope of Azure.Messaging.ServiceBus, ConnectionContextBase of @azure/core-amqp.
    private const string WebSocketPath = "/$servicebus/websocket/";
    private const string WebSocketProtocol = "AMQPWSB10";

    // A peer that answers no ping for so long is gone. It also bounds the closing handshake, for which the library sets no time.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    public static Address Of(ServiceBusOptions options)
    {
        var target = options.ConnectionString;
        var plain = target.UseDevelopmentEmulator;
        return options.Transport == ServiceBusTransport.AmqpWebSockets
            ? new Address(target.Host, target.WebSocketPort, null, null, WebSocketPath, plain ? "ws" : "wss")
            : new Address(target.Host, target.Port, null, null, "/", plain ? "amqp" : "amqps");
    }

    public static ConnectionFactory CreateFactory(ServiceBusOptions options)
    {
        var factory = new ConnectionFactory([WebSockets(options)]) { BufferManager = new BufferManager(256, 4 * 1024 * 1024, 64L * 1024 * 1024) };
        factory.SASL.Profile = SaslProfile.Anonymous;
        factory.AMQP.ContainerId = "dstream-" + Guid.NewGuid().ToString("N");
        // The service offers 64 KB frames; each link has a session of its own, and the service takes 5,000 of them.
        factory.AMQP.MaxFrameSize = 64 * 1024;
        factory.AMQP.MaxSessionsPerConnection = 5000;
        // Heartbeats: a peer that is silent for so long is gone.
        factory.AMQP.IdleTimeout = 60_000;
        factory.TCP.NoDelay = true;
        if (options.ServerCertificateCheck is { } check) factory.SSL.RemoteCertificateValidationCallback = check;
        return factory;
    }

    private static WebSocketTransportFactory WebSockets(ServiceBusOptions options) => new(WebSocketProtocol)
    {
        Options = sockets =>
        {
            sockets.KeepAliveInterval = PingInterval;
            sockets.KeepAliveTimeout = PingTimeout;
            // Left alone, it is the proxy of the environment.
            if (options.WebProxy is { } proxy) sockets.Proxy = proxy;
            if (options.ServerCertificateCheck is { } check) sockets.RemoteCertificateValidationCallback = check;
        },
    };
}
