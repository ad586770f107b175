using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>sp_tablecollations_100: what SqlBulkCopy asks of a table's columns before it sends rows.</summary>
internal static class CollationProcedure
{
    private static readonly SqlColumn[] Columns =
    [
        new("colid", SqlTypes.Int, IsNullable: false), new("name", SqlTypes.SysName, IsNullable: false),
        new("tds_collation", new SqlType(SqlKind.Binary, 5)), new("collation", SqlTypes.SysName),
    ];

    public static int Run(ProcedureCall call)
    {
        var text = call.Text("object", 0) ?? throw call.Missing("object");
        var name = ObjectName.Parse(text);
        var session = call.Context.Session;
        var table = name.Name.StartsWith('#') ? session.TempTables.GetValueOrDefault(name.Name)
            : (call.Database is { Length: > 0 } database ? session.Engine.Databases.GetValueOrDefault(database) : session.CurrentDatabase)?.FindTable(name.Schema, name.Name);
        if (table is null)
        {
            throw Errors.InvalidObject(text);
        }
        call.Result(Columns, table.Columns.Select(column => SqlTypes.IsCharacter(column.Type.Kind) && column.Type.Kind is not (SqlKind.Xml or SqlKind.Json)
            ? new object?[] { column.Id, column.Name, Wire.Types.Collation.Default.ToArray(), Collation.Name }
            : [column.Id, column.Name, null, null]));
        return 0;
    }
}
