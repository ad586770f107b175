namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>A session as the one that holds locks and waits for them: a node of the graph in which a deadlock is a cycle. Guarded by the engine's gate.</summary>
internal sealed class LockOwner(short session)
{
    private TaskCompletionSource? _victim;

    public short Session { get; } = session;

    /// <summary>SET DEADLOCK_PRIORITY: -10 to 10; the lowest of a cycle is the victim.</summary>
    public int DeadlockPriority { get; set; }

    /// <summary>What a rollback would cost: the rows that the open transaction wrote.</summary>
    public int Work { get; set; }

    /// <summary>Whom it waits for; null while it runs.</summary>
    public LockOwner? WaitsFor { get; private set; }

    /// <summary>What it waits for, as sys.dm_exec_requests shows it.</summary>
    public string? WaitType { get; private set; }

    /// <summary>Enters the graph. The task completes if another's deadlock check makes this one the victim.</summary>
    public Task Wait(LockOwner holder, string waitType)
    {
        (WaitsFor, WaitType) = (holder, waitType);
        _victim = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _victim.Task;
    }

    public void EndWait() => (WaitsFor, WaitType, _victim) = (null, null, null);

    public void Kill() => _victim?.TrySetResult();
}
