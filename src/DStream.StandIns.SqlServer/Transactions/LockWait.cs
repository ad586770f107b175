using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>Waiting for another transaction to end: with a deadlock check, the session's LOCK_TIMEOUT and the client's attention.</summary>
internal static class LockWait
{
    /// <param name="engine">Whose gate guards the wait-for edges.</param>
    /// <param name="waiter">The transaction that wants the lock.</param>
    /// <param name="owner">The transaction that holds it.</param>
    /// <param name="timeoutMilliseconds">-1 waits for ever, 0 does not wait.</param>
    /// <param name="attention">Gives the wait up.</param>
    public static async ValueTask ForAsync(
        EngineState engine, Transaction waiter, Transaction owner, int timeoutMilliseconds, CancellationToken attention)
    {
        if (timeoutMilliseconds == 0)
        {
            throw Errors.LockTimeout();
        }
        lock (engine.Gate)
        {
            for (var next = owner; next is not null; next = next.WaitsFor)
            {
                if (next == waiter)
                {
                    throw Errors.Deadlock(waiter.Session);
                }
            }
            waiter.WaitsFor = owner;
        }
        try
        {
            await owner.Ended.WaitAsync(
                timeoutMilliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMilliseconds), engine.Time, attention)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Errors.LockTimeout();
        }
        finally
        {
            lock (engine.Gate)
            {
                waiter.WaitsFor = null;
            }
        }
    }
}
