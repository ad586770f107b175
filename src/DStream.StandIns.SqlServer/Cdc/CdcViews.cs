using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The metadata tables of the cdc schema and the views of the capture job. Without CDC they do not exist (208) or are empty.</summary>
internal static class CdcViews
{
    private const int MsdbId = 4;

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
                i.Role, i.Index?.Name, i.Filegroup, TemporalConversion.Round(i.Created, SqlTypes.DateTime), true,
            }));
        views["cdc.captured_columns"] = new(
            [Col("object_id", SqlTypes.Int), Col("column_name", Name), Col("column_id", SqlTypes.Int, true), Col("column_type", Name), Col("column_ordinal", SqlTypes.Int),
             Col("is_computed", SqlTypes.Bit, true), Col("masking_function", SqlTypes.NVarChar(4000), true)],
            static (_, database) => Required(database, "captured_columns").Instances.SelectMany(i => i.Columns.Select(c => new object?[]
            {
                i.ObjectId, c.Source.Name, c.Source.Id, TypeNames.Name(c.SourceType.Kind), c.Ordinal, c.Source.Computed is not null, null,
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
            static (context, database) => (Monitored(context, database)?.Capture is { } job ? job.Log.Sessions(context.Engine.LocalNow(), job.Polling) : []).Select(ScanRow));
        views["sys.dm_cdc_errors"] = new(
            [Col("session_id", SqlTypes.Int), Col("phase_number", SqlTypes.Int), Col("entry_time", SqlTypes.DateTime), Col("error_number", SqlTypes.Int), Col("error_severity", SqlTypes.Int),
             Col("error_state", SqlTypes.Int), Col("error_message", SqlTypes.NVarChar(1024)), Col("start_lsn", SqlTypes.NVarChar(23)), Col("begin_lsn", SqlTypes.NVarChar(23)),
             Col("sequence_value", SqlTypes.NVarChar(23))],
            static (context, database) => (Monitored(context, database)?.Capture.Log.Errors ?? []).Select(e => new object?[]
            {
                e.Session, e.Phase, TemporalConversion.Round(e.Time, SqlTypes.DateTime), e.Number, 16, 1, e.Message, Text(e.Start), Text(e.Begin), Text(e.Sequence),
            }));
        SourceColumn[] jobColumns = [.. CdcJobProcedures.JobColumns.Where(c => c.Name != "job_name").Select(c => Col(c.Name, c.Type, true))];
        views["cdc.cdc_jobs"] = new(
            [Col("database_id", SqlTypes.Int), .. jobColumns],
            static (_, database) => CdcJobProcedures.Rows(Required(database, "cdc_jobs")).Select(row => Job(database, row)));
        views["dbo.cdc_jobs"] = new(
            [Col("database_id", SqlTypes.Int), .. jobColumns],
            static (context, database) => database.Id != MsdbId ? throw Errors.InvalidObject("dbo.cdc_jobs")
                : !Access.IsOwner(context.Session, database) ? throw Access.Denied(database, "SELECT", "dbo", "cdc_jobs")
                : context.Engine.Databases.Values.Where(d => d.Cdc is not null).SelectMany(d => CdcJobProcedures.Rows(d.Cdc!).Select(row => Job(d, row))));
    }

    private static object?[] Job(Database database, object?[] row) => [database.Id, .. row[..2], .. row[3..]];

    // "Requires VIEW DATABASE STATE permission."
    private static CdcDatabase? Monitored(BatchContext context, Database database) =>
        Access.HasOnDatabase(context.Session, database, "VIEW DATABASE STATE") ? database.Cdc : throw Access.DeniedOnDatabase(database, "VIEW DATABASE STATE");

    private static CdcDatabase Required(Database database, string view) => database.Cdc ?? throw Errors.InvalidObject("cdc." + view);

    private static string Text(Lsn lsn) => lsn.IsZero ? "0" : $"{lsn.File:x8}:{lsn.Block:x8}:{lsn.Slot:x4}";

    private static object?[] ScanRow(ScanSession scan)
    {
        var (start, end) = (TemporalConversion.Round(scan.Start, SqlTypes.DateTime), TemporalConversion.Round(scan.End, SqlTypes.DateTime));
        object? commit = scan.LastCommitTime is { } time ? TemporalConversion.Round(time, SqlTypes.DateTime) : null;
        var (first, last) = (Text(scan.First), Text(scan.Last));
        var hasChanges = scan.Transactions > 0;
        return
        [
            scan.Id, start, end, (long)(scan.End - scan.Start).TotalSeconds * (hasChanges ? 1 : 0), scan.Phase, scan.Errors, first, scan.Id == 0 ? "0" : last, last, scan.Transactions,
            last, commit, scan.LogRecords, scan.SchemaChanges, scan.Commands, hasChanges ? first : "0", hasChanges ? last : "0", hasChanges ? commit : null,
            scan.Latency, scan.EmptyScans, scan.FailedSessions,
        ];
    }
}
