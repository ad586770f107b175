using System.Security.Cryptography.X509Certificates;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus;

/// <summary>How the stand-in is set up. Everything has a default.</summary>
public sealed record ServiceBusStandInOptions
{
    /// <summary>The port for AMQP; 0 takes a free one.</summary>
    public int AmqpPort { get; init; }

    /// <summary>The port for the administration; 0 takes a free one.</summary>
    public int AdministrationPort { get; init; }

    /// <summary>The port for AMQP over WebSockets; 0 takes a free one.</summary>
    public int WebSocketPort { get; init; }

    /// <summary>The port for AMQP over TLS, where there is a certificate; 0 takes a free one.</summary>
    public int AmqpTlsPort { get; init; }

    /// <summary>The port for AMQP over WebSockets over TLS, where there is a certificate; 0 takes a free one.</summary>
    public int WebSocketTlsPort { get; init; }

    /// <summary>The server's certificate with its key; without one nothing is served over TLS. <see cref="SelfSignedCertificate"/> makes one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The name of the access rule that has all rights.</summary>
    public string SharedAccessKeyName { get; init; } = "RootManageSharedAccessKey";

    /// <summary>The key of the rule. The default is no secret: the stand-in listens on the loopback address only.</summary>
    public string SharedAccessKey { get; init; } = "c3RhbmQtaW4ta2V5LWZvci1kZXZlbG9wbWVudC1vbmx5LTAwMDA=";

    /// <summary>More access rules of the namespace, with fewer rights for example.</summary>
    public IReadOnlyList<AccessRule> AccessRules { get; init; } = [];

    /// <summary>How much there may be of everything: the service's limits, or <see cref="ServiceBusLimits.Emulator"/>'s.</summary>
    public ServiceBusLimits Limits { get; init; } = ServiceBusLimits.Service;

    /// <summary>Credits that operations share every second (1,000 in the standard tier), or null for no throttling.</summary>
    public int? CreditsPerSecond { get; init; }

    /// <summary>
    /// Whether idle connections and links are closed, as the service does: a connection without links after one minute at the start and
    /// five later, a link without messages or outstanding credit after ten.
    /// </summary>
    public bool CloseIdle { get; init; }

    /// <summary>Whether any token of type jwt is good, for tests of clients that authenticate with Entra; else none is.</summary>
    public bool AcceptAnyJwt { get; init; }

    /// <summary>The largest single message in bytes, annotations included: 256 KB as in the standard tier.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>The largest batch in bytes.</summary>
    public int MaxBatchBytes { get; init; } = 1024 * 1024;

    /// <summary>The clock of locks, sessions, schedules, windows and tokens.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
