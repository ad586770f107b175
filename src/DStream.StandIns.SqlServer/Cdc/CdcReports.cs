using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The procedures that report: sp_cdc_help_change_data_capture, sp_cdc_get_captured_columns, sp_cdc_get_ddl_history.</summary>
internal static class CdcReports
{
    private static readonly SqlColumn[] OfInstance =
        [new("source_schema", SqlTypes.SysName), new("source_table", SqlTypes.SysName), new("capture_instance", SqlTypes.SysName)];

    public static void Register(Action<string, string[], Action<CdcCall>> add)
    {
        add("sp_cdc_help_change_data_capture", ["source_schema", "source_name"], Help);
        add("sp_cdc_get_captured_columns", ["capture_instance"], CapturedColumns);
        add("sp_cdc_get_ddl_history", ["capture_instance"], DdlHistory);
    }

    private static void Help(CdcCall call)
    {
        var cdc = call.Cdc;
        var (schema, name) = (call.Text("source_schema") ?? "", call.Text("source_name") ?? "");
        if ((schema.Length == 0) != (name.Length == 0))
        {
            throw CdcErrors.HalfAName();
        }
        var instances = cdc.Instances.Where(instance => Access.CanReadChanges(call.Session, cdc, instance));
        if (name.Length > 0)
        {
            var table = cdc.Database.FindTable(schema, name) ?? throw CdcErrors.NoSourceTable(schema, name);
            instances = cdc.IsTracked(table) ? instances.Where(instance => instance.Source == table) : throw CdcErrors.TableNotEnabled(schema, name);
        }
        call.Result(
            [
                .. OfInstance, new("object_id", SqlTypes.Int), new("source_object_id", SqlTypes.Int), new("start_lsn", SqlTypes.Lsn), new("end_lsn", SqlTypes.Lsn),
                new("supports_net_changes", SqlTypes.Bit), new("has_drop_pending", SqlTypes.Bit), new("role_name", SqlTypes.SysName), new("index_name", SqlTypes.SysName),
                new("filegroup_name", SqlTypes.SysName), new("create_date", SqlTypes.DateTime), new("index_column_list", SqlTypes.NVarChar(-1)), new("captured_column_list", SqlTypes.NVarChar(-1)),
            ],
            instances.Select(i => new object?[]
            {
                i.Source.Schema, i.Source.Name, i.Name, i.ObjectId, i.Source.ObjectId, cdc.State.Instances[i].StartLsn.ToBytes(), null, i.SupportsNetChanges, null,
                i.Role, i.Index?.Name, i.Filegroup, TemporalConversion.Round(i.Created, SqlTypes.DateTime),
                i.Index is null ? null : string.Join(", ", i.Index.Columns.Select(c => $"[{c.Name}]")), string.Join(", ", i.Columns.Select(c => $"[{c.Source.Name}]")),
            }));
    }

    private static void CapturedColumns(CdcCall call)
    {
        var instance = Find(call);
        call.Result(
            [
                .. OfInstance, new("column_name", SqlTypes.SysName), new("column_id", SqlTypes.Int), new("column_ordinal", SqlTypes.Int), new("data_type", SqlTypes.SysName),
                new("character_maximum_length", SqlTypes.Int), new("numeric_precision", SqlTypes.TinyInt), new("numeric_precision_radix", SqlTypes.SmallInt),
                new("numeric_scale", SqlTypes.Int), new("datetime_precision", SqlTypes.SmallInt),
            ],
            instance.Columns.Select(c => new object?[]
            {
                instance.Source.Schema, instance.Source.Name, instance.Name, c.Source.Name, c.Source.Id, c.Ordinal, TypeNames.Name(c.SourceType.Kind),
                Length(c.SourceType), Precision(c.SourceType), IsNumber(c.SourceType) ? (short)(SqlTypes.IsApproximate(c.SourceType.Kind) ? 2 : 10) : null,
                IsNumber(c.SourceType) && !SqlTypes.IsApproximate(c.SourceType.Kind) ? (int)TypeNames.Scale(c.SourceType) : null,
                SqlTypes.IsTemporal(c.SourceType.Kind) ? (short)TypeNames.Scale(c.SourceType) : null,
            }));
    }

    private static void DdlHistory(CdcCall call)
    {
        var instance = Find(call);
        call.Result(
            [
                .. OfInstance, new("required_column_update", SqlTypes.Bit), new("ddl_command", SqlTypes.NVarChar(-1)), new("ddl_lsn", SqlTypes.Lsn), new("ddl_time", SqlTypes.DateTime),
            ],
            call.Cdc.DdlHistory.Where(d => d.ObjectId == instance.ObjectId).Select(d => new object?[]
            {
                instance.Source.Schema, instance.Source.Name, instance.Name, d.RequiredColumnUpdate, d.Command, d.Lsn.ToBytes(), TemporalConversion.Round(d.Time, SqlTypes.DateTime),
            }));
    }

    private static CaptureInstance Find(CdcCall call) => call.Cdc is var cdc && cdc.Find(call.Name("capture_instance")) is { } instance && Access.CanReadChanges(call.Session, cdc, instance) ? instance : throw CdcErrors.NoObjectOrAccess();

    private static bool IsNumber(SqlType type) => SqlTypes.IsNumeric(type.Kind) && type.Kind != SqlKind.Bit;

    private static byte? Precision(SqlType type) => IsNumber(type) ? TypeNames.Precision(type) : null;

    private static int? Length(SqlType type) => !SqlTypes.IsCharacter(type.Kind) && !SqlTypes.IsBinary(type.Kind) ? null
        : TypeNames.MaxLength(type) is > 0 and var bytes && SqlTypes.IsNational(type.Kind) ? bytes / 2 : TypeNames.MaxLength(type);
}
