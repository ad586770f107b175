using DStream.StandIns.SqlServer.Catalog;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The tables of the cdc schema as objects of the catalog.</summary>
internal static class CdcObjects
{
    /// <summary>What names of query functions begin with; both beginnings are of one length.</summary>
    public const string AllChanges = "fn_cdc_get_all_changes_";
    public const string NetChanges = "fn_cdc_get_net_changes_";

    private static readonly string[] Metadata = ["change_tables", "captured_columns", "index_columns", "ddl_history", "lsn_time_mapping"];

    public static IEnumerable<string> FunctionsOf(CaptureInstance instance) =>
        instance.SupportsNetChanges ? [AllChanges + instance.Name, NetChanges + instance.Name] : [AllChanges + instance.Name];

    public static IEnumerable<DatabaseObject> Of(CdcDatabase cdc)
    {
        for (var i = 0; i < Metadata.Length; i++)
        {
            var columns = (SystemViews.Find("cdc", Metadata[i])?.Columns ?? TimeMappingSource.MappingColumns)
                .Select((c, n) => new ObjectColumn(c.Name, n + 1, c.Type, c.IsNullable)).ToArray();
            yield return new DatabaseObject(1000 + i, "cdc", Metadata[i], columns, true, null, cdc.Database.Created);
        }
        foreach (var instance in cdc.Instances)
        {
            yield return instance.Object;
        }
    }
}
