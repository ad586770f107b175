namespace DStream.Configuration;

/// <summary>A provider that a <c>type</c> key may name.</summary>
/// <param name="Type">The canonical name, which the records carry.</param>
/// <param name="ConnectionString">What it expects in its connection string.</param>
public sealed record KnownProvider(string Type, ConnectionStringForm ConnectionString)
{
    /// <summary>Whether it speaks AMQP, which <c>transport</c> can carry over WebSockets.</summary>
    public bool HasTransports { get; init; }

    /// <summary>Other names for the same provider.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
