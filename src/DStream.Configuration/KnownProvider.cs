namespace DStream.Configuration;

/// <summary>A provider that a <c>type</c> key may name.</summary>
/// <param name="Type">The canonical name, which the records carry.</param>
/// <param name="ConnectionString">What it expects in its connection string.</param>
public sealed record KnownProvider(string Type, ConnectionStringForm ConnectionString)
{
    /// <summary>Whether it speaks AMQP, which <c>transport</c> can carry over WebSockets.</summary>
    public bool HasTransports { get; init; }

    /// <summary>Whether its entities have addresses of their own making, which <c>address</c> describes.</summary>
    public bool HasAddresses { get; init; }

    /// <summary>Whether topics and subscriptions can be created there.</summary>
    public bool IsAdministrated { get; init; } = true;

    /// <summary>What an output lacks to be a queue too, as the rest of a sentence; null where it is one, or where nothing is to be said.</summary>
    public string? NoQueueBecause { get; init; }

    /// <summary>Whether a configuration must say that what is sent twice may arrive twice, since the provider cannot drop it.</summary>
    public bool MustAcceptDuplicates { get; init; }

    /// <summary>Other names for the same provider.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
