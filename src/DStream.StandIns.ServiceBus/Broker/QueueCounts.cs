namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>What an entity holds at one moment. <see cref="Active"/> includes <see cref="Locked"/>, as in the service.</summary>
public readonly record struct QueueCounts(int Active, int Locked, int Deferred, int Scheduled, int DeadLettered, int Sessions)
{
    /// <summary>Everything but the dead-letter queue.</summary>
    public int Total => Active + Deferred + Scheduled;
}
