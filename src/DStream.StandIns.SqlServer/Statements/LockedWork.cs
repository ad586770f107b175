using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>
/// Runs work that takes locks: under the gate, as one piece. Where another transaction is in the way the work is undone, waits
/// for that transaction and runs again. Without an open transaction it is a transaction of its own.
/// </summary>
internal static class LockedWork
{
    public static async ValueTask<T> RunAsync<T>(BatchContext context, IReadOnlyList<TableRead> reads, bool writes, Func<Transaction, T> work)
    {
        var session = context.Session;
        var isOwn = session.TransactionCount == 0;
        if (writes && !isOwn && session.Transaction!.IsDoomed)
        {
            throw Errors.Doomed();
        }
        var timeout = reads.Any(read => read.Access.NoWait) ? 0 : session.Settings.LockTimeout;
        try
        {
            while (true)
            {
                Transaction owner;
                lock (context.Engine.Gate)
                {
                    context.NewestBlocker ??= context.Engine.LastTransaction;
                    session.Transaction ??= context.Engine.NewTransaction(session.Id, session.Settings.Isolation);
                    StatementReads.EnterSnapshot(context, reads);
                    if (TryRun(context, work, out var result, out owner!))
                    {
                        if (isOwn && session.Transaction is { } own)
                        {
                            session.Transaction = null;
                            context.Engine.End.Commit(own);
                        }
                        return result!;
                    }
                }
                await LockWait.ForAsync(context.Engine, session.Transaction, owner, timeout, context.Attention).ConfigureAwait(false);
            }
        }
        finally
        {
            if (isOwn)
            {
                session.RollbackAll();
            }
        }
    }

    private static bool TryRun<T>(BatchContext context, Func<Transaction, T> work, out T? result, out Transaction? owner)
    {
        var transaction = context.Session.Transaction!;
        var mark = transaction.Mark();
        (result, owner) = (default, null);
        (context.IsLocking, context.ReadSequence) = (true, long.MaxValue);
        try
        {
            result = work(transaction);
            return true;
        }
        catch (LockConflictException conflict)
        {
            TransactionEnd.RollbackTo(transaction, mark);
            owner = conflict.Owner;
            return false;
        }
        catch
        {
            TransactionEnd.RollbackTo(transaction, mark);
            throw;
        }
        finally
        {
            context.IsLocking = false;
        }
    }
}
