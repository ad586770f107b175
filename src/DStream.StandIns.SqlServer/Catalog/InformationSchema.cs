using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

internal static class InformationSchema
{
    private static readonly SqlType Name = SqlTypes.SysName;

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["INFORMATION_SCHEMA.TABLES"] = new(
            [Col("TABLE_CATALOG", Name, true), Col("TABLE_SCHEMA", Name, true), Col("TABLE_NAME", Name), Col("TABLE_TYPE", SqlTypes.VarChar(10), true)],
            static (_, database) => database.Objects().Select(o => new object?[] { database.Name, o.Schema, o.Name, o.Type == "V " ? "VIEW" : "BASE TABLE" }));
        views["INFORMATION_SCHEMA.SCHEMATA"] = new(
            [Col("CATALOG_NAME", Name, true), Col("SCHEMA_NAME", Name), Col("SCHEMA_OWNER", Name, true)],
            static (_, database) => database.Schemas.Keys.Select(s => new object?[] { database.Name, s, "dbo" }));
        views["INFORMATION_SCHEMA.COLUMNS"] = new(
            [Col("TABLE_CATALOG", Name, true), Col("TABLE_SCHEMA", Name, true), Col("TABLE_NAME", Name), Col("COLUMN_NAME", Name, true), Col("ORDINAL_POSITION", SqlTypes.Int, true),
             Col("COLUMN_DEFAULT", SqlTypes.NVarChar(4000), true), Col("IS_NULLABLE", SqlTypes.VarChar(3), true), Col("DATA_TYPE", Name, true),
             Col("CHARACTER_MAXIMUM_LENGTH", SqlTypes.Int, true), Col("CHARACTER_OCTET_LENGTH", SqlTypes.Int, true), Col("NUMERIC_PRECISION", SqlTypes.TinyInt, true),
             Col("NUMERIC_SCALE", SqlTypes.Int, true), Col("DATETIME_PRECISION", SqlTypes.SmallInt, true)],
            static (_, database) => database.Objects().SelectMany(o => o.Columns.Select((c, i) => Column(database, o, c, i + 1))));
        views["INFORMATION_SCHEMA.KEY_COLUMN_USAGE"] = new(
            [Col("CONSTRAINT_NAME", Name), Col("TABLE_SCHEMA", Name, true), Col("TABLE_NAME", Name), Col("COLUMN_NAME", Name, true), Col("ORDINAL_POSITION", SqlTypes.Int)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.Where(i => i.IsConstraint).SelectMany(i =>
                i.Columns.Select((c, n) => new object?[] { i.Name, t.Schema, t.Name, c.Name, n + 1 }))
                .Concat(t.ForeignKeys.SelectMany(k => k.Columns.Select((c, n) => new object?[] { k.Name, t.Schema, t.Name, c.Name, n + 1 })))));
        views["INFORMATION_SCHEMA.TABLE_CONSTRAINTS"] = new(
            [Col("CONSTRAINT_NAME", Name), Col("TABLE_SCHEMA", Name, true), Col("TABLE_NAME", Name), Col("CONSTRAINT_TYPE", SqlTypes.VarChar(11), true)],
            static (_, database) => database.Tables.Values.SelectMany(t => t.Indexes.Where(i => i.IsConstraint).Select(i =>
                new object?[] { i.Name, t.Schema, t.Name, i.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE" })
                .Concat(t.ForeignKeys.Select(k => new object?[] { k.Name, t.Schema, t.Name, "FOREIGN KEY" })).Concat(t.Checks.Select(c => new object?[] { c.Name, t.Schema, t.Name, "CHECK" }))));
    }

    private static object?[] Column(Database database, DatabaseObject o, ObjectColumn c, int ordinal)
    {
        var kind = c.Type.Kind;
        var isText = SqlTypes.IsCharacter(kind);
        var length = isText || SqlTypes.IsBinary(kind) ? TypeNames.MaxLength(c.Type) : (short?)null;
        return
        [
            database.Name, o.Schema, o.Name, c.Name, ordinal, c.Stored?.DefaultText, c.IsNullable ? "YES" : "NO", TypeNames.Name(kind),
            length is > 0 && SqlTypes.IsNational(kind) ? length / 2 : (int?)length, (int?)length,
            SqlTypes.IsNumeric(kind) && kind != SqlKind.Bit ? TypeNames.Precision(c.Type) : null,
            SqlTypes.IsNumeric(kind) && kind != SqlKind.Bit && !SqlTypes.IsApproximate(kind) ? (int)TypeNames.Scale(c.Type) : null,
            SqlTypes.IsTemporal(kind) ? (short)TypeNames.Scale(c.Type) : null,
        ];
    }
}
