using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>APPLOCK_MODE and APPLOCK_TEST: what the session holds of a resource, and whether it could have it now.</summary>
internal static class AppLockFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["APPLOCK_MODE"] = new(3, 3, static site => new Expr(SqlTypes.NVarChar(32), f => Held(f, (string?)site.Text(0)(f), (string?)site.Text(1)(f), (string?)site.Text(2)(f))));
        functions["APPLOCK_TEST"] = new(4, 4, static site => new Expr(SqlTypes.SmallInt, f => CanHave(f, (string?)site.Text(0)(f), (string?)site.Text(1)(f), (string?)site.Text(2)(f)) is { } can ? (short)can : null));
    }

    private static string? Held(Frame frame, string? principal, string? resource, string? owner)
    {
        if (principal is null || resource is null)
        {
            return null;
        }
        var byTransaction = !string.Equals(owner, "Session", StringComparison.OrdinalIgnoreCase);
        var session = frame.Context.Session;
        lock (frame.Context.Engine.Gate)
        {
            var hold = session.CurrentDatabase.AppLocks.Find(principal, resource)?.Holds.Find(h => h.Session == session.LockOwner && h.Transaction is not null == byTransaction);
            return hold is null ? "NoLock" : hold.Mode.ToString();
        }
    }

    private static int? CanHave(Frame frame, string? principal, string? resource, string? mode)
    {
        if (principal is null || resource is null || AppLockProcedures.ModeOf(mode) is not { } wanted)
        {
            return null;
        }
        var session = frame.Context.Session;
        lock (frame.Context.Engine.Gate)
        {
            return session.CurrentDatabase.AppLocks.Find(principal, resource)?.Blocker(session.LockOwner, wanted) is null ? 1 : 0;
        }
    }
}
