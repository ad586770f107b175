using DStream.Core;

namespace DStream.InMemory;

/// <summary>What an <see cref="InMemoryBroker"/> allows. The defaults are those of Service Bus, standard tier.</summary>
public sealed record InMemoryBrokerOptions
{
    /// <summary>What one send may hold.</summary>
    public SendLimits Limits { get; init; } = new(256 * 1024, 1024 * 1024, 4500, FramingBytes: 512);

    /// <summary>How long a receiver keeps its messages, or its session, unless it renews the lock. Default 60 s.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries after which a message that comes back is dead-lettered. Default 10.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>How long a MessageId is remembered. Default 10 minutes; zero or less switches duplicate detection off.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(10);
}
