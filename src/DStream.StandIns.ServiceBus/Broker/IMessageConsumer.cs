namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>
/// Whoever waits for messages. Both members are called under the entity's lock: they may only take a note and schedule the
/// work elsewhere.
/// </summary>
public interface IMessageConsumer
{
    /// <summary>A message may be there: ask again. Given once for each time an entity said that it had no more.</summary>
    void Signal();

    /// <summary>The session this consumer held is no longer its own, for example because the lock expired.</summary>
    void SessionLost(BrokerException reason);
}
