namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>Why the broker refused.</summary>
public enum BrokerError
{
    /// <summary>No such entity.</summary>
    EntityNotFound,

    /// <summary>The entity exists already.</summary>
    EntityExists,

    /// <summary>The entity is not what it was when the client looked at it.</summary>
    Changed,

    /// <summary>The entity's status forbids it.</summary>
    EntityDisabled,

    /// <summary>Not with this kind of entity or message.</summary>
    NotAllowed,

    /// <summary>An option outside its bounds, or one that cannot change.</summary>
    BadRequest,

    /// <summary>The lock expired, or the message was settled before.</summary>
    MessageLockLost,

    /// <summary>No such message, by sequence number.</summary>
    MessageNotFound,

    /// <summary>The session's lock expired or belongs to another receiver.</summary>
    SessionLockLost,

    /// <summary>Another receiver holds the session.</summary>
    SessionCannotBeLocked,

    /// <summary>No session came free in time.</summary>
    Timeout,

    /// <summary>A message, or a batch, over the entity's limit.</summary>
    MessageTooLarge,

    /// <summary>The entity is full, or there are as many as there may be.</summary>
    QuotaExceeded,

    /// <summary>Throttled.</summary>
    ServerBusy,

    /// <summary>A message that cannot be read.</summary>
    Malformed,

    /// <summary>No valid token for it.</summary>
    Unauthorized,

    /// <summary>Another link took its place.</summary>
    LinkStolen,

    /// <summary>Something the stand-in does not do.</summary>
    NotImplemented,
}
