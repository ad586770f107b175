namespace DStream.StandIns.ServiceBus.Faults;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>A send is refused with a condition; nothing of it is kept.</summary>
    RejectSend,

    /// <summary>A send is accepted, and its sender never told.</summary>
    LoseAcknowledgement,

    /// <summary>A send, and those behind it on the link, is taken up only after a while.</summary>
    DelaySend,

    /// <summary>A send ends its link with an error; nothing of it is kept.</summary>
    DetachOnSend,

    /// <summary>A send breaks its connection without a word; nothing of it is kept.</summary>
    DropOnSend,

    /// <summary>A settlement breaks its connection before it is carried out.</summary>
    DropOnSettle,

    /// <summary>A token is refused as if wrongly signed.</summary>
    RefuseToken,

    /// <summary>A link is refused as if its entity were missing.</summary>
    EntityNotFound,

    /// <summary>A new connection is broken as soon as it is made.</summary>
    DropOnConnect,
}
