using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>Waiting for a lock: with a deadlock check, the session's LOCK_TIMEOUT and the client's attention.</summary>
internal static class LockWait
{
    /// <param name="engine">Whose gate guards the wait-for edges.</param>
    /// <param name="waiter">The transaction that wants the lock.</param>
    /// <param name="owner">The transaction that holds it.</param>
    /// <param name="timeoutMilliseconds">-1 waits for ever, 0 does not wait.</param>
    /// <param name="attention">Gives the wait up.</param>
    public static ValueTask ForAsync(EngineState engine, Transaction waiter, Transaction owner, int timeoutMilliseconds, CancellationToken attention)
    {
        waiter.Owner.Work = waiter.Undo.Count;
        return ForAsync(engine, waiter.Owner, owner.Owner, owner.Ended, "LCK_M_X", timeoutMilliseconds, attention);
    }

    /// <summary>The same for any holder; <paramref name="released"/> completes when it lets go.</summary>
    public static async ValueTask ForAsync(
        EngineState engine, LockOwner waiter, LockOwner holder, Task released, string waitType, int timeoutMilliseconds, CancellationToken attention)
    {
        if (timeoutMilliseconds == 0)
        {
            throw Errors.LockTimeout();
        }
        Task victim;
        lock (engine.Gate)
        {
            ResolveCycle(waiter, holder);
            victim = waiter.Wait(holder, waitType);
        }
        try
        {
            var timeout = timeoutMilliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMilliseconds);
            var ended = await Task.WhenAny(released, victim).WaitAsync(timeout, engine.Time, attention).ConfigureAwait(false);
            if (ended == victim)
            {
                throw Errors.Deadlock(waiter.Session);
            }
        }
        catch (TimeoutException)
        {
            throw Errors.LockTimeout();
        }
        finally
        {
            lock (engine.Gate)
            {
                waiter.EndWait();
            }
        }
    }

    // The victim is the member of the cycle with the lowest DEADLOCK_PRIORITY, then the one that is cheapest to roll back
    // (learn.microsoft.com, SQL Server deadlocks guide); among equals the one whose request closed the cycle.
    private static void ResolveCycle(LockOwner waiter, LockOwner holder)
    {
        var victim = waiter;
        for (var next = holder; next != waiter; next = next.WaitsFor)
        {
            if (next.DeadlockPriority < victim.DeadlockPriority || (next.DeadlockPriority == victim.DeadlockPriority && next.Work < victim.Work))
            {
                victim = next;
            }
            if (next.WaitsFor is null)
            {
                return;
            }
        }
        if (victim == waiter)
        {
            throw Errors.Deadlock(waiter.Session);
        }
        victim.Kill();
    }
}
