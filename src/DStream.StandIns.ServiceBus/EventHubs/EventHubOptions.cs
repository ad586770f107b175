namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>How an event hub is made.</summary>
public sealed record EventHubOptions
{
    /// <summary>1 to 32, as the service's Standard tier takes. Default 4.</summary>
    public int PartitionCount { get; init; } = 4;

    /// <summary>How long events are kept. Default 1 day.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);
}
