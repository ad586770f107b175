namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>Where a message waits; the numbers are those of the <c>x-opt-message-state</c> annotation.</summary>
public enum MessageState
{
    /// <summary>Available or locked.</summary>
    Active = 0,

    /// <summary>Set aside: given out by sequence number only.</summary>
    Deferred = 1,

    /// <summary>Not visible before its time.</summary>
    Scheduled = 2,
}
