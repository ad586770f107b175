using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of sessions, requests, transactions and locks.</summary>
internal static class SessionViews
{
    private static readonly SqlType Name = SqlTypes.SysName;
    private static readonly SqlType Text = SqlTypes.NVarChar(60);

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.dm_exec_sessions"] = new(
            [Col("session_id", SqlTypes.SmallInt), Col("login_time", SqlTypes.DateTime), Col("login_name", Name), Col("host_name", Name, true), Col("program_name", Name, true), Col("status", SqlTypes.NVarChar(30)),
             Col("database_id", SqlTypes.SmallInt), Col("open_transaction_count", SqlTypes.Int), Col("is_user_process", SqlTypes.Bit), Col("transaction_isolation_level", SqlTypes.SmallInt), Col("lock_timeout", SqlTypes.Int),
             Col("deadlock_priority", SqlTypes.Int), Col("original_login_name", Name)],
            static (context, _) => context.Engine.Sessions.Values.Select(s => new object?[]
            {
                s.Id, TemporalConversion.Round(s.Began, SqlTypes.DateTime), s.Login.User, s.Login.Host, s.Login.Application, s == context.Session || s.LockOwner.WaitsFor is not null ? "running" : "sleeping",
                (short)s.CurrentDatabase.Id, s.TransactionCount, true, (short)s.Settings.Isolation, s.Settings.LockTimeout, s.LockOwner.DeadlockPriority, s.Login.User,
            }));
        views["sys.dm_exec_connections"] = new(
            [Col("session_id", SqlTypes.Int, true), Col("connect_time", SqlTypes.DateTime), Col("net_transport", SqlTypes.NVarChar(40)), Col("protocol_type", SqlTypes.NVarChar(40), true), Col("encrypt_option", SqlTypes.NVarChar(40)),
             Col("auth_scheme", SqlTypes.NVarChar(40)), Col("net_packet_size", SqlTypes.Int, true), Col("client_net_address", SqlTypes.VarChar(48), true)],
            static (context, _) => context.Engine.Sessions.Values.Select(s => new object?[]
            {
                (int)s.Id, TemporalConversion.Round(s.Began, SqlTypes.DateTime), "TCP", "TSQL", "TRUE", "SQL", s.Login.PacketBytes, "127.0.0.1",
            }));
        views["sys.dm_exec_requests"] = new(
            [Col("session_id", SqlTypes.SmallInt), Col("request_id", SqlTypes.Int), Col("status", SqlTypes.NVarChar(30)), Col("command", SqlTypes.NVarChar(32)), Col("database_id", SqlTypes.SmallInt),
             Col("blocking_session_id", SqlTypes.SmallInt, true), Col("wait_type", Text, true), Col("open_transaction_count", SqlTypes.Int), Col("transaction_id", SqlTypes.BigInt)],
            static (context, _) => context.Engine.Sessions.Values.Where(s => s == context.Session || s.LockOwner.WaitsFor is not null).Select(s => new object?[]
            {
                s.Id, 0, s.LockOwner.WaitsFor is null ? "running" : "suspended", "SELECT", (short)s.CurrentDatabase.Id, s.LockOwner.WaitsFor?.Session ?? 0, s.LockOwner.WaitType, s.TransactionCount,
                (long)(s.Transaction?.Descriptor ?? 0),
            }));
        views["sys.dm_tran_active_transactions"] = new(
            [Col("transaction_id", SqlTypes.BigInt), Col("name", SqlTypes.NVarChar(32)), Col("transaction_begin_time", SqlTypes.DateTime), Col("transaction_type", SqlTypes.Int), Col("transaction_state", SqlTypes.Int)],
            static (context, _) => Open(context.Engine).Select(t => new object?[] { (long)t.Descriptor, t.Name ?? "user_transaction", TemporalConversion.Round(t.Began, SqlTypes.DateTime), 1, t.IsDoomed ? 7 : 2 }));
        views["sys.dm_tran_session_transactions"] = new(
            [Col("session_id", SqlTypes.Int), Col("transaction_id", SqlTypes.BigInt), Col("is_user_transaction", SqlTypes.Bit), Col("open_transaction_count", SqlTypes.Int)],
            static (context, _) => context.Engine.Sessions.Values.Where(s => s.TransactionCount > 0).Select(s => new object?[] { (int)s.Id, (long)s.Transaction!.Descriptor, true, s.TransactionCount }));
        views["sys.dm_tran_locks"] = new(
            [Col("resource_type", Text), Col("resource_subtype", Text), Col("resource_database_id", SqlTypes.Int), Col("resource_description", SqlTypes.NVarChar(256)), Col("resource_associated_entity_id", SqlTypes.BigInt, true),
             Col("request_mode", Text), Col("request_type", Text), Col("request_status", Text), Col("request_session_id", SqlTypes.Int), Col("request_owner_type", Text), Col("request_owner_id", SqlTypes.BigInt, true)],
            static (context, _) => Locks(context.Engine));
        views["sys.sysprocesses"] = new(
            [Col("spid", SqlTypes.SmallInt), Col("blocked", SqlTypes.SmallInt), Col("dbid", SqlTypes.SmallInt), Col("status", SqlTypes.NChar(30)), Col("loginame", SqlTypes.NChar(128)), Col("hostname", SqlTypes.NChar(128)),
             Col("program_name", SqlTypes.NChar(128)), Col("open_tran", SqlTypes.SmallInt)],
            static (context, _) => context.Engine.Sessions.Values.Select(s => new object?[]
            {
                s.Id, s.LockOwner.WaitsFor?.Session ?? 0, (short)s.CurrentDatabase.Id, s.LockOwner.WaitsFor is null ? "sleeping" : "suspended", s.Login.User, s.Login.Host, s.Login.Application, (short)s.TransactionCount,
            }));
    }

    private static IEnumerable<Transaction> Open(EngineState engine) => engine.Sessions.Values.Select(s => s.Transaction).OfType<Transaction>();

    private static IEnumerable<object?[]> Locks(EngineState engine)
    {
        foreach (var session in engine.Sessions.Values)
        {
            yield return Row("DATABASE", session.CurrentDatabase.Id, "", 0, "S", session.Id, "SHARED_TRANSACTION_WORKSPACE", 0);
        }
        foreach (var database in engine.Databases.Values)
        {
            foreach (var table in database.Tables.Values)
            {
                foreach (var row in Locks(database, table))
                {
                    yield return row;
                }
            }
            foreach (var (principal, resource, hold) in database.AppLocks.Holds)
            {
                yield return Row("APPLICATION", database.Id, $"0:[{resource}]:({principal.GetHashCode(StringComparison.Ordinal):x8})", 0, ModeOf(hold.Mode), hold.Session.Session, hold.Transaction is null ? "SESSION" : "TRANSACTION", hold.Transaction?.Descriptor ?? 0);
            }
        }
    }

    private static IEnumerable<object?[]> Locks(Database database, Table table)
    {
        object?[] Of(string type, string description, string mode, Transaction t) => Row(type, database.Id, description, table.ObjectId, mode, t.Session, "TRANSACTION", t.Descriptor);
        if (table.Owner is { } owner)
        {
            yield return Of("OBJECT", "", "X", owner);
        }
        foreach (var writer in table.Writers.Keys)
        {
            yield return Of("OBJECT", "", "IX", writer);
            foreach (var (_, slot) in writer.Slots.Where(s => s.Table == table))
            {
                yield return Of(table.Clustered.IsHeap ? "RID" : "KEY", $"({slot.Id:x12})", slot.IsUpdateLock ? "U" : "X", writer);
            }
        }
        foreach (var reader in table.Readers.Except(table.Writers.Keys))
        {
            yield return Of("OBJECT", "", "IS", reader);
        }
        foreach (var sharer in table.Sharers)
        {
            yield return Of("OBJECT", "", "S", sharer);
        }
        foreach (var range in table.Ranges)
        {
            yield return Of("KEY", "(range)", range.Mode == LockMode.Shared ? "RangeS-S" : range.Mode == LockMode.Update ? "RangeS-U" : "RangeX-X", range.Transaction);
        }
        foreach (var slot in table.Readers.Count == 0 ? [] : table.Slots().Where(s => s.Sharers is not null))
        {
            foreach (var sharer in slot.Sharers!)
            {
                yield return Of(table.Clustered.IsHeap ? "RID" : "KEY", $"({slot.Id:x12})", "S", sharer);
            }
        }
    }

    private static object?[] Row(string type, int database, string description, long entity, string mode, short session, string ownerType, ulong owner) =>
        [type, "", database, description, entity, mode, "LOCK", "GRANT", (int)session, ownerType, (long)owner];

    private static string ModeOf(AppLockMode mode) => mode switch
    {
        AppLockMode.IntentShared => "IS",
        AppLockMode.Shared => "S",
        AppLockMode.Update => "U",
        AppLockMode.IntentExclusive => "IX",
        _ => "X",
    };
}
