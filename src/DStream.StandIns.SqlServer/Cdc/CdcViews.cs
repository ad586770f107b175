using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The metadata tables of the cdc schema and the views of the capture job. Without CDC they do not exist (208) or are empty.</summary>
internal static class CdcViews
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["cdc.change_tables"] = new(
            [Col("object_id", SqlTypes.Int), Col("version", SqlTypes.Int, true), Col("source_object_id", SqlTypes.Int, true), Col("capture_instance", Name),
             Col("start_lsn", SqlTypes.Lsn, true), Col("end_lsn", SqlTypes.Lsn, true), Col("supports_net_changes", SqlTypes.Bit, true), Col("has_drop_pending", SqlTypes.Bit, true),
             Col("role_name", Name, true), Col("index_name", Name, true), Col("filegroup_name", Name, true), Col("create_date", SqlTypes.DateTime, true), Col("partition_switch", SqlTypes.Bit)],
            static (context, database) => Required(database, "change_tables").Instances.Where(context.CdcOf(database.Cdc!).Instances.ContainsKey).Select(i => new object?[]
            {
                i.ObjectId, 0, i.Source.ObjectId, i.Name, context.CdcOf(database.Cdc!).Instances[i].StartLsn.ToBytes(), null, i.SupportsNetChanges, null,
                i.Role, i.Index?.Name, null, TemporalConversion.Round(i.Created, SqlTypes.DateTime), true,
            }));
        views["cdc.captured_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("column_name", Name), Col("column_id", SqlTypes.Int, true), Col("column_type", Name), Col("column_ordinal", SqlTypes.Int),
             Col("is_computed", SqlTypes.Bit, true), Col("masking_function", SqlTypes.NVarChar(4000), true)],
            static (_, database) => Required(database, "captured_columns").Instances.SelectMany(i => i.Columns.Select(c => new object?[]
            {
                i.ObjectId, c.Source.Name, c.Source.Id, TypeNames.Name(c.Source.Type.Kind), c.Ordinal, c.Source.Computed is not null, null,
            })));
        views["cdc.index_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("column_name", Name), Col("index_ordinal", SqlTypes.TinyInt), Col("column_id", SqlTypes.Int)],
            static (_, database) => Required(database, "index_columns").Instances.SelectMany(i => (i.Index?.Columns ?? []).Select((c, n) => new object?[]
            {
                i.ObjectId, c.Name, (byte)(n + 1), c.Id,
            })));
        views["cdc.ddl_history"] = new(
            [Col("source_object_id", SqlTypes.Int, true), Col("object_id", SqlTypes.Int), Col("required_column_update", SqlTypes.Bit, true),
             Col("ddl_command", SqlTypes.NVarChar(-1), true), Col("ddl_lsn", SqlTypes.Lsn), Col("ddl_time", SqlTypes.DateTime, true)],
            static (_, database) => Required(database, "ddl_history").DdlHistory.Select(d => new object?[]
            {
                d.SourceObjectId, d.ObjectId, d.RequiredColumnUpdate, d.Command, d.Lsn.ToBytes(), TemporalConversion.Round(d.Time, SqlTypes.DateTime),
            }));
        views["sys.dm_cdc_log_scan_sessions"] = new(
            [Col("session_id", SqlTypes.Int), Col("start_time", SqlTypes.DateTime), Col("end_time", SqlTypes.DateTime), Col("duration", SqlTypes.BigInt),
             Col("scan_phase", SqlTypes.NVarChar(200)), Col("error_count", SqlTypes.Int), Col("start_lsn", SqlTypes.NVarChar(23)), Col("current_lsn", SqlTypes.NVarChar(23)),
             Col("end_lsn", SqlTypes.NVarChar(23)), Col("tran_count", SqlTypes.BigInt), Col("last_commit_lsn", SqlTypes.NVarChar(23)), Col("last_commit_time", SqlTypes.DateTime),
             Col("log_record_count", SqlTypes.BigInt), Col("schema_change_count", SqlTypes.Int), Col("command_count", SqlTypes.BigInt), Col("first_begin_cdc_lsn", SqlTypes.NVarChar(23)),
             Col("last_commit_cdc_lsn", SqlTypes.NVarChar(23)), Col("last_commit_cdc_time", SqlTypes.DateTime), Col("latency", SqlTypes.Int), Col("empty_scan_count", SqlTypes.Int),
             Col("failed_sessions_count", SqlTypes.Int)],
            static (_, database) => (database.Cdc?.Sessions.Scans ?? []).Select(ScanRow));
        views["sys.dm_cdc_errors"] = new(
            [Col("session_id", SqlTypes.Int), Col("phase_number", SqlTypes.Int), Col("entry_time", SqlTypes.DateTime), Col("error_number", SqlTypes.Int), Col("error_severity", SqlTypes.Int),
             Col("error_state", SqlTypes.Int), Col("error_message", SqlTypes.NVarChar(1024)), Col("start_lsn", SqlTypes.NVarChar(23)), Col("begin_lsn", SqlTypes.NVarChar(23)),
             Col("sequence_value", SqlTypes.NVarChar(23))],
            static (_, _) => []);
    }

    private static CdcDatabase Required(Database database, string view) => database.Cdc ?? throw Errors.InvalidObject("cdc." + view);

    private static object?[] ScanRow(CaptureLog.Scan scan)
    {
        var (time, commit) = (TemporalConversion.Round(scan.Time, SqlTypes.DateTime), TemporalConversion.Round(scan.LastCommitTime, SqlTypes.DateTime));
        var lsn = $"{scan.LastCommit.File:x8}:{scan.LastCommit.Block:x8}:{scan.LastCommit.Slot:x4}";
        return
        [
            scan.Session, time, time, 0L, "Done", 0, lsn, lsn, lsn, (long)scan.Transactions, lsn, commit, (long)scan.Commands, 0, (long)scan.Commands, lsn, lsn, commit,
            (int)(scan.Time - scan.LastCommitTime).TotalSeconds, 0, 0,
        ];
    }
}
