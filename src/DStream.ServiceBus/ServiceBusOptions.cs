using System.Net;
using System.Net.Security;
using Azure.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus;

/// <summary>How to reach a namespace, and the bounds of what is done there.</summary>
public sealed record ServiceBusOptions
{
    /// <summary>Where the namespace is, and its key where there is one.</summary>
    public required ServiceBusConnectionString ConnectionString { get; init; }

    /// <summary>How AMQP is carried. Default TCP.</summary>
    public ServiceBusTransport Transport { get; init; }

    /// <summary>The HTTP proxy that WebSockets go through; null for the one that the environment names (HTTPS_PROXY, NO_PROXY).</summary>
    public IWebProxy? WebProxy { get; init; }

    /// <summary>Vouches where the connection string has neither key nor signature; null for Azure.Identity's DefaultAzureCredential.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>One attempt of anything: opening, attaching, a send's acknowledgement, a settlement. Default 60 s.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>One put-token request. Default 20 s, which is how long the service waits for the first one.</summary>
    public TimeSpan AuthorizationTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a token signed here is good for. Default 1 h. It is renewed about 7 minutes before it ends, or at two thirds.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most messages that a receiver asks for ahead of the caller. Default 500.</summary>
    public int Prefetch { get; init; } = 500;

    /// <summary>About the most bytes that a receiver holds ahead of the caller (I6). Default 4 MB; at least one message is always asked for.</summary>
    public int PrefetchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Renew a session's lock at half of its time. Default true; off, the session is lost when the queue's lock duration is over.</summary>
    public bool RenewSessionLocks { get; init; } = true;

    /// <summary>Jitter of token renewal.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Judges the server's certificate in the place of the system's trusted roots, for tests.</summary>
    internal RemoteCertificateValidationCallback? ServerCertificateCheck { get; init; }

    /// <summary>For a connection string or a namespace's host name, with defaults.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ServiceBusOptions For(string connectionString) => new() { ConnectionString = ServiceBusConnectionString.Parse(connectionString) };

    internal BrokerDialect Dialect { get; init; } = BrokerDialect.ServiceBus;

    // I8: no member may show a key, whatever is added here.
    /// <inheritdoc/>
    public override string ToString() => $"ServiceBusOptions {{ {ConnectionString} }}";
}
