using Amqp;

namespace DStream.ServiceBus.Connections;

/// <summary>What a connection needs to know of its broker: where it is, who lets it in, and what it understands.</summary>
internal sealed record BrokerProfile
{
    /// <summary>The dialect of Azure that it speaks, with tokens over <c>$cbs</c> and batches in one transfer; null where it is known to speak AMQP
    /// 1.0 and no more.</summary>
    public required BrokerDialect? Dialect { get; init; }

    public bool SpeaksDialect => Dialect is not null;

    public required Address Address { get; init; }

    public required ConnectionFactory Factory { get; init; }

    public required Func<Connection, ILinkAuthorizer> Authorizer { get; init; }

    /// <summary>One attempt of anything: opening, attaching, a send's acknowledgement, a settlement.</summary>
    public required TimeSpan OperationTimeout { get; init; }

    /// <summary>Most messages that a receiver asks for ahead of the caller.</summary>
    public required int Prefetch { get; init; }

    /// <summary>About the most bytes that a receiver holds ahead of the caller (I6).</summary>
    public required int PrefetchBytes { get; init; }

    /// <summary>None, and for other brokers "configuration": the queue behind an address outlives the link. Source: OASIS AMQP 1.0 part 3, 3.5.5.</summary>
    public uint TerminusDurability => SpeaksDialect ? 0u : 1u;

    /// <summary>For logs and errors.</summary>
    public string Name => $"{Dialect?.Service ?? "AMQP broker"} {Address.Host}:{Address.Port}";

    /// <summary>What errors name as the entity to create or to grant rights on, in the tools of Azure; null for another broker.</summary>
    public string? Remediable(string entity) => SpeaksDialect ? entity : null;
}
