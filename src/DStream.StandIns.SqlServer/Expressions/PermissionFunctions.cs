using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Functions about who the session is and what it may do.</summary>
internal static class PermissionFunctions
{
    public static void Register(Dictionary<string, Function> functions)
    {
        functions["HAS_PERMS_BY_NAME"] = new(3, 5, static site => new Expr(SqlTypes.Int, f =>
            HasPermission(f, (string?)site.Text(0)(f), (string?)site.Text(1)(f), (string?)site.Text(2)(f), site.Arguments.Length > 3 ? (string?)site.Text(3)(f) : null)));
        functions["HAS_DBACCESS"] = new(1, 1, static site => new Expr(SqlTypes.Int, f =>
            site.Text(0)(f) is string name && f.Context.Engine.Databases.TryGetValue(name, out var database) ? Access.UserIn(f.Context.Session, database) is null ? 0 : 1 : null));
        functions["IS_MEMBER"] = new(1, 1, static site => new Expr(SqlTypes.Int, f => site.Text(0)(f) is string role ? IsMember(f, role, null) : null));
        functions["IS_ROLEMEMBER"] = new(1, 2, static site => new Expr(SqlTypes.Int, f =>
            site.Text(0)(f) is string role ? IsMember(f, role, site.Arguments.Length > 1 ? (string?)site.Text(1)(f) : null) : null));
        functions["IS_SRVROLEMEMBER"] = new(1, 2, static site => new Expr(SqlTypes.Int, f => f.Context.Session.IsAdministrator || IsPublic((string?)site.Text(0)(f)) ? 1 : 0));
        foreach (var name in new[] { "USER_NAME", "User", "CurrentUser", "SessionUser" })
        {
            functions[name] = new(0, 1, static _ => new Expr(SqlTypes.SysName, static f => Access.UserIn(f.Context.Session, f.Context.Session.CurrentDatabase)));
        }
        foreach (var name in new[] { "SUSER_SNAME", "SUSER_NAME", "SystemUser" })
        {
            functions[name] = new(0, 1, static _ => new Expr(SqlTypes.SysName, static f => f.Context.Session.LoginName));
        }
        functions["ORIGINAL_LOGIN"] = new(0, 0, static _ => new Expr(SqlTypes.SysName, static f => f.Context.Session.Login.User));
    }

    private static bool IsPublic(string? role) => string.Equals(role, DatabaseSecurity.Public, StringComparison.OrdinalIgnoreCase);

    private static int? IsMember(Frame frame, string role, string? principal)
    {
        var database = frame.Context.Session.CurrentDatabase;
        if (!IsPublic(role) && !database.Security.Roles.ContainsKey(role))
        {
            return null;
        }
        if (principal is null)
        {
            return Access.IsMember(frame.Context.Session, database, role) ? 1 : 0;
        }
        return database.Security.IsPrincipal(principal) ? database.Security.MembershipsOf(principal).Contains(role) ? 1 : 0 : null;
    }

    private static int? HasPermission(Frame frame, string? name, string? kind, string? permission, string? column)
    {
        var (session, database) = (frame.Context.Session, frame.Context.Session.CurrentDatabase);
        if (permission is null)
        {
            return null;
        }
        permission = permission.ToUpperInvariant();
        switch (kind?.ToUpperInvariant())
        {
            case null or "SERVER":
                return session.IsAdministrator ? 1 : 0;
            case "DATABASE":
                return name is null ? Bit(Access.HasOnDatabase(session, database, permission))
                    : frame.Context.Engine.Databases.TryGetValue(ObjectName.Parse(name).Name, out var other) ? Bit(Access.HasOnDatabase(session, other, permission)) : null;
            case "SCHEMA":
                return name is not null && database.Schemas.ContainsKey(ObjectName.Parse(name).Name) ? Bit(Access.Has(session, database, permission, ObjectName.Parse(name).Name, "")) : null;
            case "OBJECT":
                return name is null ? null : OnObject(frame, ObjectName.Parse(name), permission, column);
            default:
                return session.IsAdministrator ? 1 : 0;
        }
    }

    private static int? OnObject(Frame frame, ObjectName name, string permission, string? column)
    {
        var session = frame.Context.Session;
        var database = name.Database is null ? session.CurrentDatabase : frame.Context.Engine.Databases.GetValueOrDefault(name.Database);
        if (database is null)
        {
            return null;
        }
        var schema = name.Schema ?? "dbo";
        if (database.Object(schema, name.Name) is null)
        {
            // What the server itself brings is for everybody; the query functions are objects with permissions of their own.
            return string.Equals(schema, "cdc", StringComparison.OrdinalIgnoreCase) && database.Cdc?.FunctionInstance(name.Name) is not null
                ? Bit(Access.Has(session, database, permission, schema, name.Name))
                : database.IsSystemObject($"{schema}.{name.Name}") ? 1 : null;
        }
        return Access.CanSee(session, database, schema, name.Name) ? Bit(Access.Has(session, database, permission, schema, name.Name, column)) : null;
    }

    private static int Bit(bool value) => value ? 1 : 0;
}
