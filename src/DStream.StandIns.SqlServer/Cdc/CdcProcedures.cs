using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>sys.sp_cdc_*: those about databases and tables here, those about jobs and the reports in files of their own.</summary>
internal static class CdcProcedures
{
    private static readonly string[] Administrators = ["sp_cdc_enable_db", "sp_cdc_disable_db"];
    private static readonly string[] Readers = ["sp_cdc_help_change_data_capture", "sp_cdc_get_captured_columns", "sp_cdc_get_ddl_history"];

    private static readonly string[] TableParameters =
        ["source_schema", "source_name", "capture_instance", "supports_net_changes", "role_name", "index_name", "captured_column_list", "filegroup_name", "allow_partition_switch"];

    public static void Register(Dictionary<string, Func<ProcedureCall, int>> procedures)
    {
        void Add(string name, string[] parameters, Action<CdcCall> run) => procedures[name] = call =>
        {
            var own = new CdcCall(call, parameters);
            Authorize(own, name);
            run(own);
            return 0;
        };

        Add("sp_cdc_enable_db", [], EnableDatabase);
        Add("sp_cdc_disable_db", [], DisableDatabase);
        Add("sp_cdc_vupgrade", [], static call => _ = call.Cdc);
        Add("sp_cdc_enable_table", TableParameters, static call => TableEnabling.Run(call));
        Add("sp_cdc_disable_table", ["source_schema", "source_name", "capture_instance"], DisableTable);
        Add("sp_cdc_cleanup_change_table", ["capture_instance", "low_water_mark", "threshold", "fCleanupFailed"], CleanUp);
        CdcReports.Register(Add);
        CdcJobProcedures.Register(Add);
        procedures["sp_cdc_generate_wrapper_function"] = static _ => throw Errors.Unsupported("sp_cdc_generate_wrapper_function");
    }

    private static void Authorize(CdcCall call, string name)
    {
        if (Administrators.Contains(name) && !call.Session.IsAdministrator)
        {
            throw CdcErrors.NotAdministrator();
        }
        if (!Readers.Contains(name) && !Access.IsOwner(call.Session, call.Database))
        {
            throw CdcErrors.NotOwner();
        }
    }

    private static void EnableDatabase(CdcCall call)
    {
        var database = call.Database;
        if (database.Id <= 4)
        {
            throw CdcErrors.SystemDatabase(database.Name);
        }
        if (database.Cdc is not null)
        {
            call.Context.Sink.Message(CdcErrors.DatabaseAlreadyEnabled(database.Name));
            return;
        }
        if (database.Schemas.ContainsKey("cdc"))
        {
            throw CdcErrors.SchemaTaken(database.Name);
        }
        var cdc = new CdcDatabase(database);
        Switch(call, cdc);
        call.Undo(cdc.Dispose);
    }

    private static void DisableDatabase(CdcCall call)
    {
        _ = call.Cdc;
        Switch(call, null);
    }

    private static void Switch(CdcCall call, CdcDatabase? cdc)
    {
        var (database, before, engine) = (call.Database, call.Database.Cdc, call.Engine);
        void Set(CdcDatabase? value)
        {
            database.Cdc = value;
            database.Schemas.Remove("cdc");
            if (value is not null)
            {
                database.AddSchema("cdc");
                value.Capture.Resume(value.Capture.IsPaused);
            }
            engine.SchemaChanged();
        }

        Set(cdc);
        call.Undo(() => Set(before));
    }

    private static void DisableTable(CdcCall call)
    {
        var cdc = call.Cdc;
        var (schema, name, instanceName) = (call.Name("source_schema"), call.Name("source_name"), call.Name("capture_instance"));
        var table = cdc.Database.FindTable(schema, name) ?? throw CdcErrors.NoSourceTable(schema, name);
        var all = cdc.InstancesOf(table);
        if (all.Count == 0)
        {
            throw CdcErrors.TableNotEnabled(schema, name);
        }
        var chosen = string.Equals(instanceName, "all", StringComparison.OrdinalIgnoreCase)
            ? all
            : all.Where(i => string.Equals(i.Name, instanceName, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (chosen.Count == 0)
        {
            throw CdcErrors.NoInstance(instanceName, schema, name);
        }
        Transactions.RowWriter.LockTable(table, call.Transaction);
        foreach (var instance in chosen)
        {
            cdc.Remove(instance, call.Transaction, call.Context.LocalNow);
        }
    }

    // What it deletes a rollback does not bring back: the real procedure commits in pieces too.
    private static void CleanUp(CdcCall call)
    {
        var cdc = call.Cdc;
        var name = call.Name("capture_instance");
        call.Require("low_water_mark");
        var instance = cdc.Find(name) ?? throw CdcErrors.NoNamedInstance(name, cdc.Database.Name);
        var threshold = (long?)call.Get("threshold", SqlTypes.BigInt) ?? 5000;
        if (threshold <= 0)
        {
            throw CdcJobErrors.BadThreshold();
        }
        var low = call.Get("low_water_mark", SqlTypes.Lsn) is byte[] lsn ? LowWaterMark(cdc, lsn) : cdc.State.Instances[instance].StartLsn;
        cdc.CleanUp(low, i => i == instance, threshold);
    }

    // "If other entries in cdc.lsn_time_mapping share the same commit time [...], the smallest LSN associated with that group of
    // entries is chosen as the low watermark."
    private static Lsn LowWaterMark(CdcDatabase cdc, byte[] lsn)
    {
        var mapping = cdc.State.TimeMapping;
        var place = mapping.Seek(CaptureInstance.KeyOrder, [0], new KeyRange([lsn], null, true, null, true));
        if (place == mapping.Count || ValueOrder.CompareBytes((byte[])mapping[place][0]!, lsn) != 0)
        {
            throw CdcErrors.NoMappingEntry(Lsn.From(lsn));
        }
        var time = mapping[place][2];
        while (place > 0 && Equals(mapping[place - 1][2], time))
        {
            place--;
        }
        return Lsn.From((byte[])mapping[place][0]!);
    }
}
