using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>sys.sp_cdc_enable_table (Microsoft Learn, "sys.sp_cdc_enable_table").</summary>
internal static class TableEnabling
{
    private const int MostInstances = 2;
    private const int LongestName = 100;
    private const int MostKeyColumns = 14;
    private const int MostColumns = 1024;

    private static readonly string[] Reserved = ["__$start_lsn", "__$end_lsn", "__$seqval", "__$operation", "__$update_mask"];

    public static void Run(CdcCall call)
    {
        var cdc = call.Cdc;
        var (schema, name) = (call.Name("source_schema"), call.Name("source_name"));
        call.Require("role_name");
        var role = call.Text("role_name") is not "" and var given ? given : throw CdcErrors.EmptyRole();
        if (string.Equals(schema, "cdc", StringComparison.OrdinalIgnoreCase))
        {
            throw CdcErrors.CdcSchema();
        }
        var table = cdc.Database.FindTable(schema, name) ?? throw CdcErrors.NoSourceTable(schema, name);
        var instanceName = InstanceName(call, cdc, table);
        var filegroup = call.Text("filegroup_name");
        if (filegroup is not null && !string.Equals(filegroup, "PRIMARY", StringComparison.OrdinalIgnoreCase))
        {
            throw CdcErrors.NoFilegroup(filegroup, cdc.Database.Name);
        }
        var columns = Columns(table, call.Text("captured_column_list"), instanceName);
        var (index, net) = Key(call, table, columns);
        RowWriter.LockTable(table, call.Transaction);
        if (role is not null)
        {
            AddRole(call, role);
        }
        AddJobs(call, cdc);
        cdc.Add(
            new CaptureInstance(instanceName, table, cdc.Database.NextObjectId(), columns, call.Context.LocalNow) { SupportsNetChanges = net, Role = role, Index = index, Filegroup = filegroup },
            call.Transaction,
            call.Context.LocalNow);
        if ((bool?)call.Get("allow_partition_switch", SqlTypes.Bit) == false)
        {
            call.Context.Sink.Message(CdcErrors.NotPartitioned());
        }
    }

    private static string InstanceName(CdcCall call, CdcDatabase cdc, Table table)
    {
        var name = call.Text("capture_instance") ?? $"{table.Schema}_{table.Name}".TrimEnd(' ');
        if (name.Length == 0)
        {
            throw CdcErrors.NullParameter("@capture_instance");
        }
        if (name.Length > LongestName)
        {
            throw CdcErrors.InstanceNameTooLong(name);
        }
        if (cdc.InstancesOf(table).Count >= MostInstances)
        {
            throw CdcErrors.TwoInstances(table.Schema, table.Name);
        }
        return cdc.Find(name) is null ? name : throw CdcErrors.InstanceExists(name);
    }

    private static CapturedColumn[] Columns(Table table, string? list, string instance)
    {
        var chosen = table.Columns;
        if (list is not null)
        {
            var wanted = ColumnList.Parse(list);
            var unknown = wanted.Find(name => table.Position(name) < 0);
            if (wanted.Count == 0 || unknown is "")
            {
                throw CdcErrors.BadColumns(table.Schema, table.Name);
            }
            if (unknown is not null)
            {
                throw CdcErrors.NoColumn(unknown, table.Schema, table.Name);
            }
            chosen = [.. table.Columns.Where(column => wanted.Contains(column.Name, StringComparer.OrdinalIgnoreCase))];
        }
        if (chosen.Any(column => Reserved.Contains(column.Name, StringComparer.OrdinalIgnoreCase)))
        {
            throw CdcErrors.ReservedColumn(table.FullName);
        }
        return chosen.Count <= MostColumns ? [.. chosen.Select((column, i) => new CapturedColumn(column, i + 1, column.Type))] : throw CdcErrors.TooManyColumns(instance);
    }

    /// <summary>The index that identifies rows, and whether net changes are to be had: by default wherever there is one.</summary>
    private static (TableIndex? Index, bool Net) Key(CdcCall call, Table table, CapturedColumn[] columns)
    {
        var name = call.Text("index_name") is { Length: > 0 } given ? given : null;
        var index = name is null ? table.PrimaryKey : Named(table, name);
        var net = (bool?)call.Get("supports_net_changes", SqlTypes.Bit) ?? index is not null;
        if (net && index is null)
        {
            throw CdcErrors.NoUniqueIndex();
        }
        if (index is null)
        {
            return (null, false);
        }
        if (net && index.Columns.Count > MostKeyColumns)
        {
            throw CdcErrors.WideIndex(index.Name!, table.Schema, table.Name);
        }
        var isCaptured = index.Columns.All(column => Array.Exists(columns, c => c.Source == column));
        if (!isCaptured && (net || name is not null))
        {
            throw CdcErrors.KeyNotCaptured();
        }
        return (isCaptured ? index : null, net);
    }

    private static TableIndex Named(Table table, string name)
    {
        var index = table.Indexes.Find(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw CdcErrors.NoIndex(name, table.Schema, table.Name);
        if (!index.IsUnique)
        {
            throw CdcErrors.IndexNotUnique(name, table.Schema, table.Name);
        }
        return index.Columns.Any(column => column.IsNullable) ? throw CdcErrors.NullableIndex(name, table.Schema, table.Name) : index;
    }

    private static void AddRole(CdcCall call, string role)
    {
        if (!call.Database.Security.Roles.ContainsKey(role))
        {
            new SecurityStatements(call.Context, call.Transaction).AddRole(role);
        }
    }

    // "Also creates the capture and cleanup jobs for the database if the source table is the first table in the database to be enabled."
    private static void AddJobs(CdcCall call, CdcDatabase cdc)
    {
        if (cdc.Instances.Count > 0)
        {
            return;
        }
        var (capture, cleanup) = (cdc.Capture.Settings, cdc.Cleanup.Settings);
        cdc.Capture.Set(capture ?? new CaptureJobSettings(Guid.NewGuid()));
        cdc.Cleanup.Set(cleanup ?? new CleanupJobSettings(Guid.NewGuid(), (long)call.Engine.Options.Retention.TotalMinutes));
        call.Undo(() =>
        {
            cdc.Capture.Set(capture);
            cdc.Cleanup.Set(cleanup);
        });
    }
}
