namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>How much of everything a namespace may have.</summary>
public sealed record ServiceBusLimits
{
    /// <summary>The service's own in the standard tier (service-bus-quotas).</summary>
    public static ServiceBusLimits Service { get; } = new();

    /// <summary>The official emulator's (service-bus-messaging, overview-emulator).</summary>
    public static ServiceBusLimits Emulator { get; } = new()
    {
        Connections = 10,
        Entities = 50,
        SubscriptionsPerTopic = 50,
        SqlFiltersPerTopic = 20,
        CorrelationFiltersPerTopic = 1000,
        EntityMegabytes = 100,
        TimeToLive = TimeSpan.FromHours(1),
    };

    /// <summary>AMQP connections at one time.</summary>
    public int Connections { get; init; } = 5000;

    /// <summary>Queues and topics together.</summary>
    public int Entities { get; init; } = 10_000;

    /// <summary>Subscriptions of one topic.</summary>
    public int SubscriptionsPerTopic { get; init; } = 2000;

    /// <summary>Rules with a SQL filter in all subscriptions of a topic together.</summary>
    public int SqlFiltersPerTopic { get; init; } = 2000;

    /// <summary>Rules with a correlation filter in all subscriptions of a topic together.</summary>
    public int CorrelationFiltersPerTopic { get; init; } = 100_000;

    /// <summary>What an entity holds at most, whatever its own option says.</summary>
    public long EntityMegabytes { get; init; } = 80 * 1024;

    /// <summary>How long a message lives at most, whatever it or its entity says.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.MaxValue;
}
