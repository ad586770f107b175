using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>IDENT_CURRENT, IDENT_SEED, IDENT_INCR, COLUMNPROPERTY, SESSION_CONTEXT.</summary>
internal static class IdentityFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        Identity(functions, "IDENT_CURRENT", static t => t.NextIdentity == t.IdentitySeed ? t.IdentitySeed : t.NextIdentity - t.IdentityIncrement);
        Identity(functions, "IDENT_SEED", static t => t.IdentitySeed);
        Identity(functions, "IDENT_INCR", static t => t.IdentityIncrement);
        functions["COLUMNPROPERTY"] = new(3, 3, static site => new Expr(SqlTypes.Int, f =>
            site.Integer(0)(f) is int id && site.Text(1)(f) is string column && site.Text(2)(f) is string property ? ColumnProperty(f, id, column, property) : null));
        functions["SESSION_CONTEXT"] = new(1, 1, static site => new Expr(SqlTypes.Variant, f =>
            site.Text(0)(f) is string key ? f.Context.Session.ContextValues.GetValueOrDefault(key) : null));
    }

    private static void Identity(Dictionary<string, Function> functions, string name, Func<Table, long> value) =>
        functions[name] = new(1, 1, site => new Expr(SqlTypes.Decimal(38, 0), f => site.Text(0)(f) is string table && Find(f, table) is { } found && found.Columns.Any(c => c.IsIdentity)
            ? Conversion.To(value(found), SqlTypes.BigInt, SqlTypes.Decimal(38, 0)) : null));

    private static Table? Find(Frame frame, string name)
    {
        var parts = ObjectName.Parse(name);
        return parts.Name.StartsWith('#') ? frame.Context.Session.TempTables.GetValueOrDefault(parts.Name) : frame.Context.Session.CurrentDatabase.FindTable(parts.Schema, parts.Name);
    }

    private static object? ColumnProperty(Frame frame, int id, string name, string property)
    {
        var column = frame.Context.Session.CurrentDatabase.Object(id)?.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
        return column is null ? null : property.ToUpperInvariant() switch
        {
            "ALLOWSNULL" => column.IsNullable ? 1 : 0,
            "COLUMNID" or "ORDINAL" => column.Id,
            "ISIDENTITY" => column.IsIdentity ? 1 : 0,
            "ISCOMPUTED" => column.IsComputed ? 1 : 0,
            "PRECISION" => SqlTypes.IsCharacter(column.Type.Kind) ? (column.Type.MaxLength == -1 ? -1 : SqlTypes.Characters(column.Type)) : (int)TypeNames.Precision(column.Type),
            "SCALE" => (int)TypeNames.Scale(column.Type),
            "ISHIDDEN" or "ISSPARSE" or "ISROWGUIDCOL" or "ISXMLINDEXABLE" => 0,
            _ => null,
        };
    }
}
