namespace DStream.InMemory;

/// <summary>The operations that a <see cref="FaultHook"/> sees.</summary>
public static class InMemoryOperation
{
    /// <summary>A sender is opened.</summary>
    public const string OpenSender = "open-sender";

    /// <summary>A batch is about to be stored: what is thrown here means that it was not.</summary>
    public const string Send = "send";

    /// <summary>A batch was stored: what is thrown here means that the sender does not learn of it.</summary>
    public const string Sent = "sent";

    /// <summary>A session is about to be accepted.</summary>
    public const string Accept = "accept";

    /// <summary>Messages are about to be received.</summary>
    public const string Receive = "receive";

    /// <summary>Messages are about to be completed, abandoned or dead-lettered.</summary>
    public const string Settle = "settle";

    /// <summary>A queue or topic is about to be made sure of.</summary>
    public const string Ensure = "ensure";

    /// <summary>A lease is about to be acquired.</summary>
    public const string Acquire = "acquire";

    /// <summary>A lease is about to be renewed: an exception makes this renewal fail, and the next one is tried.</summary>
    public const string Renew = "renew";

    /// <summary>An epoch is about to begin.</summary>
    public const string BeginEpoch = "begin-epoch";

    /// <summary>A checkpoint is about to be loaded.</summary>
    public const string Load = "load";

    /// <summary>A checkpoint is about to be saved.</summary>
    public const string Save = "save";

    /// <summary>A checkpoint was saved: what is thrown here means that the caller does not learn of it.</summary>
    public const string Saved = "saved";

    /// <summary>The max LSN is asked for.</summary>
    public const string MaxLsn = "max-lsn";

    /// <summary>The changed tables are asked for.</summary>
    public const string FindChanged = "find-changed";

    /// <summary>A table is opened.</summary>
    public const string OpenTable = "open-table";

    /// <summary>A page is read.</summary>
    public const string Read = "read";
}
