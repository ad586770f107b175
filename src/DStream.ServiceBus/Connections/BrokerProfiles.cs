using System.Net.Security;
using Amqp;
using Amqp.Sasl;
using DStream.ServiceBus.Security;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Connections;

/// <summary>The profiles of the two kinds of brokers.</summary>
internal static class BrokerProfiles
{
    // The path and the sub-protocol that the service's SDKs ask for. The library's own default is that of the later OASIS binding ("amqp"),
    // which the service takes too. Sources: AmqpConnectionScope of Azure.Messaging.ServiceBus, ConnectionContextBase of @azure/core-amqp.
    private const string WebSocketPath = "/$servicebus/websocket/";
    private const string WebSocketProtocol = "AMQPWSB10";

    // A peer that answers no ping for so long is gone. It also bounds the closing handshake, for which the library sets no time.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    public static BrokerProfile For(ServiceBusOptions options, ITokenSource tokens, TimeProvider time, ILogger logger)
    {
        var factory = CreateFactory([WebSockets(options)], options.ServerCertificateCheck);
        factory.SASL.Profile = SaslProfile.Anonymous;
        return new BrokerProfile
        {
            Dialect = options.Dialect,
            Address = AddressOf(options),
            Factory = factory,
            Authorizer = connection => new CbsAuthorizer(connection, options, tokens, time, logger),
            OperationTimeout = options.OperationTimeout,
            Prefetch = options.Prefetch,
            PrefetchBytes = options.PrefetchBytes,
        };
    }

    public static BrokerProfile For(AmqpBrokerOptions options)
    {
        var target = options.ConnectionString;
        var factory = CreateFactory([], options.ServerCertificateCheck);
        // How RabbitMQ is told the virtual host: https://www.rabbitmq.com/docs/3.13/amqp#virtual-hosts. Others pass over the name.
        if (target.VirtualHost is { } name) factory.AMQP.HostName = "vhost:" + name;
        return new BrokerProfile
        {
            Dialect = null,
            Address = new Address(target.Host, target.Port, target.User, target.Password, "/", target.UsesTls ? "amqps" : "amqp"),
            Factory = factory,
            Authorizer = static _ => new ConnectionAuthorizer(),
            OperationTimeout = options.OperationTimeout,
            Prefetch = options.Prefetch,
            PrefetchBytes = options.PrefetchBytes,
        };
    }

    private static Address AddressOf(ServiceBusOptions options)
    {
        var target = options.ConnectionString;
        var plain = target.UseDevelopmentEmulator;
        return options.Transport == ServiceBusTransport.AmqpWebSockets
            ? new Address(target.Host, target.WebSocketPort, null, null, WebSocketPath, plain ? "ws" : "wss")
            : new Address(target.Host, target.Port, null, null, "/", plain ? "amqp" : "amqps");
    }

    private static ConnectionFactory CreateFactory(TransportProvider[] transports, RemoteCertificateValidationCallback? certificateCheck)
    {
        var factory = new ConnectionFactory(transports) { BufferManager = new BufferManager(256, 4 * 1024 * 1024, 64L * 1024 * 1024) };
        factory.AMQP.ContainerId = "dstream-" + Guid.NewGuid().ToString("N");
        // The service offers 64 KB frames; each link has a session of its own, and the service takes 5,000 of them.
        factory.AMQP.MaxFrameSize = 64 * 1024;
        factory.AMQP.MaxSessionsPerConnection = 5000;
        // Heartbeats: a peer that is silent for so long is gone.
        factory.AMQP.IdleTimeout = 60_000;
        factory.TCP.NoDelay = true;
        if (certificateCheck is not null) factory.SSL.RemoteCertificateValidationCallback = certificateCheck;
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
