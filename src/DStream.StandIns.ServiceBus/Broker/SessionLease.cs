namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A session accepted by one consumer, until released or lost.</summary>
public sealed class SessionLease
{
    internal SessionLease(MessageSession session, IMessageConsumer holder, DateTimeOffset lockedUntil)
    {
        Session = session;
        Holder = holder;
        LockedUntil = lockedUntil;
    }

    /// <summary>Which session.</summary>
    public string SessionId => Session.Id;

    /// <summary>When the lock ended at the time of acceptance; renewals move it on.</summary>
    public DateTimeOffset LockedUntil { get; }

    internal MessageSession Session { get; }

    internal IMessageConsumer Holder { get; }
}
