using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>sys.sp_cdc_*. They run under the gate, outside of transactions: what they do a rollback does not undo.</summary>
internal static class CdcProcedures
{
    private const int MostInstances = 2;

    public static void Register(Dictionary<string, Func<ProcedureCall, int>> procedures)
    {
        procedures["sp_cdc_enable_db"] = EnableDatabase;
        procedures["sp_cdc_disable_db"] = DisableDatabase;
        procedures["sp_cdc_enable_table"] = EnableTable;
        procedures["sp_cdc_disable_table"] = DisableTable;
        procedures["sp_cdc_cleanup_change_table"] = CleanUp;
        procedures["sp_cdc_help_change_data_capture"] = Help;
        procedures["sp_cdc_help_jobs"] = HelpJobs;
        procedures["sp_cdc_get_captured_columns"] = CapturedColumns;
        procedures["sp_cdc_scan"] = static call => Scan(call);
        procedures["sp_cdc_add_job"] = procedures["sp_cdc_change_job"] = static _ => 0;
        procedures["sp_cdc_stop_job"] = static call => Job(call, cdc => cdc.Pause());
        procedures["sp_cdc_start_job"] = static call => Job(call, cdc => cdc.Resume());
    }

    private static CdcDatabase Required(ProcedureCall call) =>
        call.Context.Session.CurrentDatabase is var database && database.Cdc is { } cdc ? cdc : throw CdcErrors.DatabaseNotEnabled(database.Name);

    private static int EnableDatabase(ProcedureCall call)
    {
        var database = call.Context.Session.CurrentDatabase;
        if (database.Cdc is not null)
        {
            throw CdcErrors.DatabaseAlreadyEnabled(database.Name);
        }
        database.Cdc = new CdcDatabase(database);
        if (!database.Schemas.ContainsKey("cdc"))
        {
            database.AddSchema("cdc");
        }
        call.Context.Engine.SchemaChanged();
        return 0;
    }

    private static int DisableDatabase(ProcedureCall call)
    {
        var cdc = Required(call);
        cdc.Dispose();
        cdc.Database.Cdc = null;
        cdc.Database.Schemas.Remove("cdc");
        call.Context.Engine.SchemaChanged();
        return 0;
    }

    private static int EnableTable(ProcedureCall call)
    {
        var cdc = Required(call);
        var schema = call.Text("source_schema", 0) ?? throw call.Missing("source_schema");
        var name = call.Text("source_name", 1) ?? throw call.Missing("source_name");
        var table = cdc.Database.FindTable(schema, name) ?? throw CdcErrors.NoSourceTable(schema, name);
        var instanceName = call.Text("capture_instance", 3) ?? $"{table.Schema}_{table.Name}";
        if (cdc.Find(instanceName) is not null)
        {
            throw CdcErrors.InstanceExists(instanceName);
        }
        if (cdc.Instances.Count(i => i.Source == table) >= MostInstances)
        {
            throw CdcErrors.TwoInstances(schema, name);
        }
        var columns = Columns(table, call.Text("captured_column_list", 6)) ?? throw CdcErrors.BadColumns(schema, name);
        var index = Index(table, call.Text("index_name", 5), columns);
        var net = (bool?)call.Get("supports_net_changes", 4, SqlTypes.Bit) ?? index is not null;
        if (net && index is null)
        {
            throw CdcErrors.NoUniqueIndex();
        }
        ThrowIfWritten(table, call.Context.Session.Transaction);
        var role = call.Text("role_name", 2);
        if (role is not null)
        {
            cdc.Database.Roles.Add(role);
        }
        cdc.Add(new CaptureInstance(instanceName, table, cdc.Database.NextObjectId(), columns, call.Context.LocalNow)
        {
            SupportsNetChanges = net,
            Role = role,
            Index = index,
        });
        call.Context.Engine.SchemaChanged();
        return 0;
    }

    // The real procedure takes a schema lock, so that no transaction that wrote the table before is half captured.
    private static void ThrowIfWritten(Table table, Transaction? own)
    {
        if ((table.Owner ?? table.Writers.Keys.FirstOrDefault(writer => writer != own)) is { } writer && writer != own)
        {
            throw new LockConflictException(writer);
        }
    }

    private static CapturedColumn[]? Columns(Table table, string? list)
    {
        if (list is null)
        {
            return table.Columns.Select((column, i) => new CapturedColumn(column, i + 1)).ToArray();
        }
        var wanted = list.Split(',').Select(name => ObjectName.Parse(name.Trim()).Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var chosen = table.Columns.Where(column => wanted.Contains(column.Name)).Select((column, i) => new CapturedColumn(column, i + 1)).ToArray();
        return chosen.Length == wanted.Count ? chosen : null;
    }

    private static TableIndex? Index(Table table, string? name, CapturedColumn[] columns)
    {
        var index = name is null
            ? table.PrimaryKey
            : table.Indexes.Find(i => i.IsUnique && string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw CdcErrors.BadIndex(name, table.FullName);
        var covered = index is not null && index.Columns.All(column => Array.Exists(columns, c => c.Source == column));
        return covered ? index : name is null ? null : throw CdcErrors.BadIndex(name, table.FullName);
    }

    private static int DisableTable(ProcedureCall call)
    {
        var cdc = Required(call);
        var schema = call.Text("source_schema", 0) ?? throw call.Missing("source_schema");
        var name = call.Text("source_name", 1) ?? throw call.Missing("source_name");
        var instanceName = call.Text("capture_instance", 2) ?? throw call.Missing("capture_instance");
        var table = cdc.Database.FindTable(schema, name) ?? throw CdcErrors.NoSourceTable(schema, name);
        var all = cdc.Instances.FindAll(i => i.Source == table);
        var chosen = string.Equals(instanceName, "all", StringComparison.OrdinalIgnoreCase)
            ? all
            : all.FindAll(i => string.Equals(i.Name, instanceName, StringComparison.OrdinalIgnoreCase));
        if (all.Count == 0)
        {
            throw CdcErrors.TableNotEnabled(schema, name);
        }
        if (chosen.Count == 0)
        {
            throw CdcErrors.NoInstance(instanceName, schema, name);
        }
        chosen.ForEach(cdc.Remove);
        call.Context.Engine.SchemaChanged();
        return 0;
    }

    private static int CleanUp(ProcedureCall call)
    {
        var cdc = Required(call);
        var name = call.Text("capture_instance", 0) ?? throw call.Missing("capture_instance");
        var instance = cdc.Find(name) ?? throw CdcErrors.NoInstance(name, "", "");
        var low = call.Get("low_water_mark", 1, SqlTypes.Lsn) is byte[] lsn ? Lsn.From(lsn) : cdc.State.Instances[instance].StartLsn;
        cdc.CleanUp(low, i => i == instance);
        return 0;
    }

    private static int Scan(ProcedureCall call)
    {
        Required(call).Scan();
        return 0;
    }

    private static int Job(ProcedureCall call, Action<CdcDatabase> act)
    {
        if (!string.Equals(call.Text("job_type", 0), "cleanup", StringComparison.OrdinalIgnoreCase))
        {
            act(Required(call));
        }
        return 0;
    }

    private static int Help(ProcedureCall call)
    {
        var cdc = Required(call);
        var (schema, name) = (call.Text("source_schema", 0), call.Text("source_name", 1));
        var instances = cdc.Instances.Where(i => (schema is null || string.Equals(i.Source.Schema, schema, StringComparison.OrdinalIgnoreCase))
            && (name is null || string.Equals(i.Source.Name, name, StringComparison.OrdinalIgnoreCase)));
        if (name is not null && !instances.Any())
        {
            throw CdcErrors.TableNotEnabled(schema ?? "dbo", name);
        }
        call.Result(
            [
                new("source_schema", SqlTypes.SysName), new("source_table", SqlTypes.SysName), new("capture_instance", SqlTypes.SysName), new("object_id", SqlTypes.Int),
                new("source_object_id", SqlTypes.Int), new("start_lsn", SqlTypes.Lsn), new("end_lsn", SqlTypes.Lsn), new("supports_net_changes", SqlTypes.Bit),
                new("has_drop_pending", SqlTypes.Bit), new("role_name", SqlTypes.SysName), new("index_name", SqlTypes.SysName), new("filegroup_name", SqlTypes.SysName),
                new("create_date", SqlTypes.DateTime), new("index_column_list", SqlTypes.NVarChar(-1)), new("captured_column_list", SqlTypes.NVarChar(-1)),
            ],
            instances.Select(i => new object?[]
            {
                i.Source.Schema, i.Source.Name, i.Name, i.ObjectId, i.Source.ObjectId, cdc.State.Instances[i].StartLsn.ToBytes(), null, i.SupportsNetChanges, null,
                i.Role, i.Index?.Name, null, TemporalConversion.Round(i.Created, SqlTypes.DateTime),
                i.Index is null ? null : string.Join(", ", i.Index.Columns.Select(c => $"[{c.Name}]")), string.Join(", ", i.Columns.Select(c => $"[{c.Source.Name}]")),
            }));
        return 0;
    }

    private static int HelpJobs(ProcedureCall call)
    {
        var cdc = Required(call);
        var name = cdc.Database.Name;
        var retention = (long)call.Context.Engine.Options.Retention.TotalMinutes;
        call.Result(
            [
                new("job_id", SqlTypes.UniqueIdentifier), new("job_type", SqlTypes.NVarChar(20)), new("job_name", SqlTypes.SysName), new("maxtrans", SqlTypes.Int),
                new("maxscans", SqlTypes.Int), new("continuous", SqlTypes.Bit), new("pollinginterval", SqlTypes.BigInt), new("retention", SqlTypes.BigInt), new("threshold", SqlTypes.BigInt),
            ],
            [
                [cdc.Database.RecoveryFork, "capture", $"cdc.{name}_capture", 500, 10, true, (long)cdc.Schedule.Delay.TotalSeconds, 0L, 0L],
                [cdc.Database.RecoveryFork, "cleanup", $"cdc.{name}_cleanup", 0, 0, false, 0L, retention, 5000L],
            ]);
        return 0;
    }

    private static int CapturedColumns(ProcedureCall call)
    {
        var cdc = Required(call);
        var name = call.Text("capture_instance", 0) ?? throw call.Missing("capture_instance");
        var instance = cdc.Find(name) ?? throw CdcErrors.NoInstance(name, "", "");
        call.Result(
            [
                new("source_schema", SqlTypes.SysName), new("source_table", SqlTypes.SysName), new("capture_instance", SqlTypes.SysName), new("column_name", SqlTypes.SysName),
                new("column_id", SqlTypes.Int), new("ordinal_position", SqlTypes.Int), new("data_type", SqlTypes.SysName),
            ],
            instance.Columns.Select(c => new object?[]
            {
                instance.Source.Schema, instance.Source.Name, instance.Name, c.Source.Name, c.Source.Id, c.Ordinal, TypeNames.Name(c.Source.Type.Kind),
            }));
        return 0;
    }
}
