namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// A message as its sender gave it. Immutable, so that the subscriptions of a topic share one. The broker reads only what it
/// decides by; the rest stays encoded, and is delivered byte for byte.
/// </summary>
public sealed record BrokerMessage
{
    /// <summary>The bare message: the encoded sections from the properties on, untouched.</summary>
    public required ReadOnlyMemory<byte> Bare { get; init; }

    /// <summary>The sender's own message annotations: encoded key and value pairs without a map header.</summary>
    public ReadOnlyMemory<byte> Annotations { get; init; }

    /// <summary>How many keys and values <see cref="Annotations"/> holds together.</summary>
    public int AnnotationItems { get; init; }

    /// <summary>The id duplicate detection compares, or null where the sender set none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The session, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>The partition key of the message or, in a batch, of its envelope; null where there is none.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>How long the sender lets the message live, or null where it does not say.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When the message becomes visible, or null for at once.</summary>
    public DateTimeOffset? ScheduledEnqueueTime { get; init; }

    /// <summary>What the message counts against a quota.</summary>
    public int Bytes => Bare.Length + Annotations.Length;
}
