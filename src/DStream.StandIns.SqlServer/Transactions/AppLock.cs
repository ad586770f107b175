namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>The modes of application locks, in the order of their compatibility table.</summary>
internal enum AppLockMode : byte
{
    IntentShared,
    Shared,
    Update,
    IntentExclusive,
    Exclusive,
}

/// <summary>A resource that sp_getapplock locks, and who holds it. Guarded by the engine's gate.</summary>
internal sealed class AppLock
{
    // learn.microsoft.com, sp_getapplock and lock compatibility: rows are what is held, columns what is asked for.
    private static readonly bool[,] Compatible =
    {
        { true, true, true, true, false },
        { true, true, true, false, false },
        { true, true, false, false, false },
        { true, false, false, true, false },
        { false, false, false, false, false },
    };

    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<AppLockHold> Holds { get; } = [];

    /// <summary>Completes when a hold is let go next.</summary>
    public Task Released => _released.Task;

    /// <summary>Who keeps an owner from the mode; null where nobody does.</summary>
    public AppLockHold? Blocker(LockOwner session, AppLockMode mode) =>
        Holds.Find(hold => hold.Session != session && !Compatible[(int)hold.Mode, (int)mode]);

    public void Signal()
    {
        var released = _released;
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        released.TrySetResult();
    }
}

/// <summary>One hold of an application lock.</summary>
internal sealed class AppLockHold(LockOwner session, Transaction? transaction, AppLockMode mode)
{
    public LockOwner Session { get; } = session;

    /// <summary>The transaction that owns it; null where the session does.</summary>
    public Transaction? Transaction { get; } = transaction;

    public AppLockMode Mode { get; set; } = mode;

    /// <summary>How often it was taken, and must be released.</summary>
    public int Count { get; set; } = 1;
}
