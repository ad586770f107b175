using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>
/// sp_getapplock and sp_releaseapplock. Return codes of the first: 0 granted, 1 granted after a wait, -1 timeout, -2 given up,
/// -3 deadlock victim, -999 a wrong call (learn.microsoft.com, sp_getapplock).
/// </summary>
internal static class AppLockProcedures
{
    private const int GrantedAfterWait = 1;
    private const int TimedOut = -1;
    private const int DeadlockVictim = -3;
    private const int WrongCall = -999;

    public static bool IsGet(string name) => name.Equals("sp_getapplock", StringComparison.OrdinalIgnoreCase);

    public static AppLockMode? ModeOf(string? text) => text?.ToUpperInvariant() switch
    {
        "SHARED" => AppLockMode.Shared,
        "UPDATE" => AppLockMode.Update,
        "INTENTSHARED" => AppLockMode.IntentShared,
        "INTENTEXCLUSIVE" => AppLockMode.IntentExclusive,
        "EXCLUSIVE" => AppLockMode.Exclusive,
        _ => null,
    };

    public static async ValueTask<int> GetAsync(BatchContext context, ProcedureCall call)
    {
        var session = context.Session;
        var resource = call.Text("Resource", 0) ?? throw call.Missing("Resource");
        var principal = call.Text("DbPrincipal", 4) ?? "public";
        var timeout = (int?)call.Get("LockTimeout", 3, SqlTypes.Int) ?? session.Settings.LockTimeout;
        if (ModeOf(call.Text("LockMode", 1)) is not { } mode || timeout < -1)
        {
            return WrongCall;
        }
        var byTransaction = IsTransaction(call.Text("LockOwner", 2));
        if (byTransaction && session.TransactionCount == 0)
        {
            context.Sink.Message(NoTransaction());
            return WrongCall;
        }
        return await WaitAsync(context, principal, Cut(resource), mode, byTransaction, timeout).ConfigureAwait(false);
    }

    public static int Release(ProcedureCall call)
    {
        var session = call.Context.Session;
        var resource = Cut(call.Text("Resource", 0) ?? throw call.Missing("Resource"));
        var principal = call.Text("DbPrincipal", 2) ?? "public";
        var byTransaction = IsTransaction(call.Text("LockOwner", 1));
        if (byTransaction && session.TransactionCount == 0)
        {
            call.Context.Sink.Message(NoTransaction());
            return WrongCall;
        }
        var locks = session.CurrentDatabase.AppLocks;
        if (locks.Find(principal, resource)?.Holds.Find(h => h.Session == session.LockOwner && h.Transaction is not null == byTransaction) is not { } hold)
        {
            call.Context.Sink.Message(new SqlError(1223, 1, 16, $"Cannot release the application lock (Database Principal: '{principal}', Resource: '{resource}') because it is not currently held."));
            return WrongCall;
        }
        if (--hold.Count == 0)
        {
            locks.Release(h => h == hold);
        }
        return 0;
    }

    private static async ValueTask<int> WaitAsync(BatchContext context, string principal, string resource, AppLockMode mode, bool byTransaction, int timeout)
    {
        var session = context.Session;
        var hasWaited = false;
        while (true)
        {
            LockOwner holder;
            Task released;
            lock (context.Engine.Gate)
            {
                var found = session.CurrentDatabase.AppLocks.Of(principal, resource);
                if (found.Blocker(session.LockOwner, mode) is not { } blocker)
                {
                    Grant(found, session.LockOwner, byTransaction ? session.Transaction : null, mode);
                    return hasWaited ? GrantedAfterWait : 0;
                }
                (holder, released) = (blocker.Session, found.Released);
            }
            try
            {
                hasWaited = true;
                await LockWait.ForAsync(context.Engine, session.LockOwner, holder, released, "LCK_M_X", timeout, context.Attention).ConfigureAwait(false);
            }
            catch (SqlErrorException error) when (error.Error.Number is 1222 or 1205)
            {
                return error.Error.Number == 1222 ? TimedOut : DeadlockVictim;
            }
        }
    }

    // A second request of the same owner counts, and keeps the stronger mode.
    private static void Grant(AppLock held, LockOwner session, Transaction? transaction, AppLockMode mode)
    {
        if (held.Holds.Find(h => h.Session == session && h.Transaction == transaction) is { } own)
        {
            own.Count++;
            own.Mode = own.Mode > mode ? own.Mode : mode;
            return;
        }
        held.Holds.Add(new AppLockHold(session, transaction, mode));
    }

    private static bool IsTransaction(string? owner) => !string.Equals(owner, "Session", StringComparison.OrdinalIgnoreCase);

    // The name is cut to 255 characters.
    private static string Cut(string resource) => resource.Length > 255 ? resource[..255] : resource;

    private static SqlError NoTransaction() => new(3918, 1, 16, "The statement or function must be executed in the context of a user transaction.");
}
