using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of the server and of its databases.</summary>
internal static class ServerViews
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.databases"] = new(
            [Col("name", Name), Col("database_id", SqlTypes.Int), Col("create_date", SqlTypes.DateTime), Col("compatibility_level", SqlTypes.TinyInt),
             Col("collation_name", Name, true), Col("state", SqlTypes.TinyInt), Col("state_desc", SqlTypes.NVarChar(60)), Col("is_read_only", SqlTypes.Bit),
             Col("is_cdc_enabled", SqlTypes.Bit), Col("recovery_model_desc", SqlTypes.NVarChar(60)), Col("is_read_committed_snapshot_on", SqlTypes.Bit),
             Col("snapshot_isolation_state", SqlTypes.TinyInt), Col("snapshot_isolation_state_desc", SqlTypes.NVarChar(60)), Col("recovery_model", SqlTypes.TinyInt), Col("user_access_desc", SqlTypes.NVarChar(60)),
             Col("is_auto_close_on", SqlTypes.Bit), Col("is_encrypted", SqlTypes.Bit), Col("is_broker_enabled", SqlTypes.Bit), Col("owner_sid", SqlTypes.VarBinary(85)), Col("log_reuse_wait_desc", SqlTypes.NVarChar(60))],
            static (context, _) => context.Engine.Databases.Values.OrderBy(d => d.Id).Select(d => new object?[]
            {
                d.Name, d.Id, TemporalConversion.Round(d.Created, SqlTypes.DateTime), (byte)160, Collation.Name, (byte)0, "ONLINE", false, d.Cdc is not null, "FULL", d.ReadsCommittedVersions,
                (byte)(d.AllowsSnapshot ? 1 : 0), d.AllowsSnapshot ? "ON" : "OFF", (byte)1, "MULTI_USER", false, false, false, new byte[] { 1 }, "NOTHING",
            }));
        views["sys.database_recovery_status"] = new(
            [Col("database_id", SqlTypes.Int), Col("database_guid", SqlTypes.UniqueIdentifier), Col("family_guid", SqlTypes.UniqueIdentifier),
             Col("last_log_backup_lsn", SqlTypes.Decimal(25, 0), true), Col("recovery_fork_guid", SqlTypes.UniqueIdentifier, true)],
            static (context, _) => context.Engine.Databases.Values.Select(d => new object?[] { d.Id, d.RecoveryFork, d.RecoveryFork, null, d.RecoveryFork }));
        views["sys.configurations"] = new(
            [Col("configuration_id", SqlTypes.Int), Col("name", SqlTypes.NVarChar(35)), Col("value", SqlTypes.Variant, true), Col("value_in_use", SqlTypes.Variant, true)],
            static (context, _) => context.Engine.Configuration.Rows);
        views["sys.servers"] = new([Col("server_id", SqlTypes.Int), Col("name", Name), Col("is_linked", SqlTypes.Bit)], static (context, _) => [[0, context.Engine.Options.ServerName, false]]);
        views["sys.dm_server_services"] = new(
            [Col("servicename", SqlTypes.NVarChar(256)), Col("status", SqlTypes.Int), Col("status_desc", SqlTypes.NVarChar(256))],
            static (_, _) => [["SQL Server (MSSQLSERVER)", 4, "Running"], ["SQL Server Agent (MSSQLSERVER)", 4, "Running"]]);
    }
}
