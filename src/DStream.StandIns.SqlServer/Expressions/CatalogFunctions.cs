using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Metadata functions.</summary>
internal static class CatalogFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["OBJECT_ID"] = new(1, 2, static site => new Expr(SqlTypes.Int, f => site.Text(0)(f) is string name
            ? ObjectId(f, name, site.Arguments.Length > 1 ? (string?)site.Text(1)(f) : null) : null));
        functions["OBJECT_NAME"] = new(1, 2, static site => new Expr(SqlTypes.SysName, f => site.Integer(0)(f) is int id ? NameOf(f, id)?.Name : null));
        functions["OBJECT_SCHEMA_NAME"] = new(1, 2, static site => new Expr(SqlTypes.SysName, f => site.Integer(0)(f) is int id ? NameOf(f, id)?.Schema : null));
        functions["SCHEMA_ID"] = new(0, 1, static site => new Expr(SqlTypes.Int, f =>
            Of(f).Schemas.TryGetValue(site.Arguments.Length == 0 ? "dbo" : (string?)site.Text(0)(f) ?? "", out var id) ? id : null));
        functions["SCHEMA_NAME"] = new(0, 1, static site => new Expr(SqlTypes.SysName, f => site.Arguments.Length == 0 ? "dbo"
            : site.Integer(0)(f) is int id ? Of(f).Schemas.FirstOrDefault(s => s.Value == id).Key : null));
        functions["TYPE_NAME"] = new(1, 1, static site => new Expr(SqlTypes.SysName, f =>
            site.Integer(0)(f) is int id ? TypeNames.Kinds.Where(k => TypeNames.UserId(k) == id).Select(TypeNames.Name).FirstOrDefault() : null));
        functions["TYPE_ID"] = new(1, 1, static site => new Expr(SqlTypes.Int, f =>
            site.Text(0)(f) is string name && TypeNames.Find(name) is { } kind ? TypeNames.UserId(kind) : null));
        functions["COL_LENGTH"] = new(2, 2, static site => new Expr(SqlTypes.SmallInt, f =>
            site.Text(0)(f) is string name && site.Text(1)(f) is string column ? ColumnLength(f, name, column) : null));
        functions["COL_NAME"] = new(2, 2, static site => new Expr(SqlTypes.SysName, f =>
            site.Integer(0)(f) is int id && site.Integer(1)(f) is int column ? Of(f).Object(id)?.Columns.FirstOrDefault(c => c.Id == column)?.Name : null));
        functions["DATABASEPROPERTYEX"] = new(2, 2, static site => new Expr(SqlTypes.Variant, f =>
            site.Text(0)(f) is string name && site.Text(1)(f) is string property ? DatabaseProperty(f, name, property) : null));
        functions["OBJECTPROPERTYEX"] = functions["OBJECTPROPERTY"] = new(2, 2, static site => new Expr(SqlTypes.Int, f => site.Integer(0)(f) is int id && site.Text(1)(f) is string property
            ? ObjectProperty(Of(f).Object(id), property) : null));
    }

    private static Database Of(Frame frame) => frame.Context.Session.CurrentDatabase;

    private static (string Schema, string Name)? NameOf(Frame frame, int id) => Of(frame).Object(id) is { } found ? (found.Schema, found.Name)
        : Of(frame).Entries().FirstOrDefault(e => e.Id == id) is { } entry ? (entry.Schema, entry.Name) : null;

    private static int? ObjectId(Frame frame, string name, string? type = null)
    {
        var parts = ObjectName.Parse(name);
        if (parts.Name.StartsWith('#'))
        {
            return (frame.Context.Session.TempTables.GetValueOrDefault(parts.Name) ?? frame.Context.Engine.Databases["tempdb"].FindTable(null, parts.Name))?.ObjectId;
        }
        var database = parts.Database is null ? Of(frame) : frame.Context.Engine.Databases.GetValueOrDefault(parts.Database);
        bool Fits(string found) => type is null || found.Trim().Equals(type.Trim(), StringComparison.OrdinalIgnoreCase);
        if (database?.Object(parts.Schema ?? "dbo", parts.Name) is { } table)
        {
            return Fits(table.Type) && Access.CanSee(frame.Context.Session, database, table.Schema, table.Name) ? table.Id : null;
        }
        return database?.Entries().FirstOrDefault(e => string.Equals(e.Name, parts.Name, StringComparison.OrdinalIgnoreCase)
            && string.Equals(e.Schema, parts.Schema ?? "dbo", StringComparison.OrdinalIgnoreCase) && Fits(e.Type))?.Id;
    }

    private static short? ColumnLength(Frame frame, string table, string column)
    {
        var parts = ObjectName.Parse(table);
        return Of(frame).Object(parts.Schema ?? "dbo", parts.Name)?.Columns
            .FirstOrDefault(c => string.Equals(c.Name, column, StringComparison.OrdinalIgnoreCase)) is { } found ? TypeNames.MaxLength(found.Type) : null;
    }

    private static Types.SqlVariantValue? DatabaseProperty(Frame frame, string name, string property) =>
        !frame.Context.Engine.Databases.ContainsKey(name) ? null : property.ToUpperInvariant() switch
        {
            "STATUS" => new Types.SqlVariantValue(SqlTypes.NVarChar(128), "ONLINE"),
            "RECOVERY" => new Types.SqlVariantValue(SqlTypes.NVarChar(128), "FULL"),
            "UPDATEABILITY" => new Types.SqlVariantValue(SqlTypes.NVarChar(128), "READ_WRITE"),
            "COLLATION" => new Types.SqlVariantValue(SqlTypes.NVarChar(128), Collation.Name),
            "USERACCESS" => new Types.SqlVariantValue(SqlTypes.NVarChar(128), "MULTI_USER"),
            "VERSION" => new Types.SqlVariantValue(SqlTypes.Int, 957),
            _ => null,
        };

    private static object? ObjectProperty(DatabaseObject? found, string property) => found is null ? null : property.ToUpperInvariant() switch
    {
        "ISTABLE" or "ISUSERTABLE" => found.Type != "U " || found.IsSystem && property.Equals("IsUserTable", StringComparison.OrdinalIgnoreCase) ? 0 : 1,
        "ISVIEW" => found.Type == "V " ? 1 : 0,
        "SCHEMAID" => null,
        "TABLEHASFOREIGNKEY" => found.Table?.ForeignKeys.Count > 0 ? 1 : 0,
        "TABLEHASPRIMARYKEY" => found.Table?.PrimaryKey is null ? 0 : 1,
        "TABLEHASIDENTITY" => found.Columns.Any(c => c.IsIdentity) ? 1 : 0,
        "ISMSSHIPPED" => found.IsSystem ? 1 : 0,
        _ => null,
    };
}
