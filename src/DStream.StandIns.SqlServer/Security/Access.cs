using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>
/// Whether a session may do a thing. Members of sysadmin and db_owner may do all; for others denials count before grants, except that
/// "a table-level DENY does not take precedence over a column-level GRANT" (Microsoft Learn, "DENY object permissions").
/// </summary>
internal static class Access
{
    private const string Select = "SELECT";

    /// <summary>Who the session is in a database: dbo, a user, guest where there is one, or null where it may not enter.</summary>
    public static string? UserIn(SqlSession session, Database database)
    {
        if (session.Impersonated is { User: { } user } impersonated)
        {
            return impersonated.Database == database ? user : GuestOf(database);
        }
        if (session.IsAdministrator)
        {
            return "dbo";
        }
        var login = session.LoginName;
        return database.Security.Users.FirstOrDefault(user => string.Equals(user.Value, login, StringComparison.OrdinalIgnoreCase)).Key ?? GuestOf(database);
    }

    /// <summary>Whether a login may enter a database; null is one that CREATE LOGIN did not make.</summary>
    public static bool MayEnter(ServerLogin? login, Database database) =>
        login is null or { IsAdministrator: true } || GuestOf(database) is not null
            || database.Security.Users.Values.Any(user => string.Equals(user, login.Name, StringComparison.OrdinalIgnoreCase));

    public static bool IsOwner(SqlSession session, Database database) =>
        session.IsAdministrator || (UserIn(session, database) is { } user && (IsDbo(user) || database.Security.MembershipsOf(user).Contains(DatabaseSecurity.Owner)));

    /// <summary>A session that may not enter a database gets error 916 where it tries.</summary>
    public static void Enter(SqlSession session, Database database)
    {
        if (UserIn(session, database) is null)
        {
            throw Errors.Of(916, 14, $"The server principal \"{session.LoginName}\" is not able to access the database \"{database.Name}\" under the current security context.", 2);
        }
    }

    public static bool IsMember(SqlSession session, Database database, string role) =>
        UserIn(session, database) is { } user && database.Security.MembershipsOf(IsDbo(user) ? DatabaseSecurity.Owner : user).Contains(role);

    /// <summary>Whether it has a permission on an object, or on one column of it.</summary>
    public static bool Has(SqlSession session, Database database, string permission, string schema, string name, string? column = null)
    {
        if (IsOwner(session, database))
        {
            return true;
        }
        if (UserIn(session, database) is not { } user)
        {
            return false;
        }
        var security = database.Security;
        var memberships = security.MembershipsOf(user);
        var entries = security.Permissions.FindAll(p => memberships.Contains(p.Grantee) && p.Covers(schema, name) && (p.Name == permission || (p.Name == "CONTROL" && !p.IsDenied)));
        if (column is not null && entries.FindAll(p => p.Object is not null && p.IsOnColumn(column)) is { Count: > 0 } own)
        {
            return own.TrueForAll(p => !p.IsDenied);
        }
        entries = entries.FindAll(p => p.Column is null);
        return !entries.Exists(p => p.IsDenied) && !HasRoleDenial(memberships, permission)
            && (entries.Count > 0 || HasRoleGrant(memberships, permission) || (security.SchemaOwners.GetValueOrDefault(schema) is { } owner && memberships.Contains(owner)));
    }

    public static bool HasOnDatabase(SqlSession session, Database database, string permission)
    {
        if (IsOwner(session, database))
        {
            return true;
        }
        var memberships = UserIn(session, database) is { } user ? database.Security.MembershipsOf(user) : [];
        var entries = database.Security.Permissions.FindAll(p => p.Schema is null && memberships.Contains(p.Grantee) && (p.Name == permission || (p.Name == "CONTROL" && !p.IsDenied)));
        return entries.Count > 0 ? entries.TrueForAll(p => !p.IsDenied) : memberships.Contains("db_ddladmin") && permission.StartsWith("CREATE ", StringComparison.Ordinal);
    }

    public static void Demand(SqlSession session, Database database, string permission, string schema, string name)
    {
        if (!Has(session, database, permission, schema, name))
        {
            throw Denied(database, permission, schema, name);
        }
    }

    /// <summary>The same for columns that a statement writes: where the whole is not allowed, each of them must be.</summary>
    public static void Demand(SqlSession session, Database database, string permission, string schema, string name, IEnumerable<string> columns)
    {
        if (IsOwner(session, database))
        {
            return;
        }
        var denied = columns.Where(column => !Has(session, database, permission, schema, name, column)).ToList();
        if (denied.Count > 0)
        {
            throw Has(session, database, permission, schema, name) || HasAnyColumn(session, database, permission, schema, name)
                ? DeniedColumn(database, permission, schema, name, denied[0])
                : Denied(database, permission, schema, name);
        }
    }

    /// <summary>
    /// The columns of an object as a session may read them: those it may not carry the error that naming them gives. Error 229 at once
    /// where it may read none, unless the object is the target of a statement that need not read it.
    /// </summary>
    public static IReadOnlyList<SourceColumn> Readable(SqlSession session, Database database, string schema, string name, IReadOnlyList<SourceColumn> columns, bool isTarget = false)
    {
        if (IsOwner(session, database))
        {
            return columns;
        }
        var readable = columns.Select(column => Has(session, database, Select, schema, name, column.Name)).ToArray();
        if (Array.TrueForAll(readable, may => may))
        {
            return columns;
        }
        var nothing = !Array.Exists(readable, may => may);
        return nothing && !isTarget ? throw Denied(database, Select, schema, name) : columns.Select((column, i) => readable[i] ? column : column with
        {
            Denied = nothing ? Denied(database, Select, schema, name) : DeniedColumn(database, Select, schema, name, column.Name),
        }).ToArray();
    }

    /// <summary>The target of a statement that writes; temporary tables are the session's own.</summary>
    public static IReadOnlyList<SourceColumn> Readable(CompileContext context, Database database, Table target, IReadOnlyList<SourceColumn> columns) =>
        context.IsOwned || IsTemporary(target) ? columns : Readable(context.Session, database, target.Schema, target.Name, columns, isTarget: true);

    /// <summary>Demands a permission on the target of a statement that writes, or on the columns that it writes.</summary>
    public static void Demand(CompileContext context, Database database, string permission, Table target, IEnumerable<string>? columns = null)
    {
        if (context.IsOwned || IsTemporary(target))
        {
            return;
        }
        if (columns is null)
        {
            Demand(context.Session, database, permission, target.Schema, target.Name);
        }
        else
        {
            Demand(context.Session, database, permission, target.Schema, target.Name, columns);
        }
    }

    /// <summary>"The visibility of metadata is limited to securables that a user either owns or on which the user has been granted some permission."</summary>
    public static bool CanSee(SqlSession session, Database database, string schema, string name)
    {
        if (IsOwner(session, database))
        {
            return true;
        }
        if (UserIn(session, database) is not { } user)
        {
            return false;
        }
        var (security, memberships) = (database.Security, database.Security.MembershipsOf(user));
        return security.Permissions.Exists(p => !p.IsDenied && memberships.Contains(p.Grantee) && p.Covers(schema, name) && (p.Schema is not null || IsAboutObjects(p.Name)))
            || memberships.Contains("db_datareader") || memberships.Contains("db_datawriter") || memberships.Contains("db_ddladmin")
            || (security.SchemaOwners.GetValueOrDefault(schema) is { } owner && memberships.Contains(owner));
    }

    /// <summary>
    /// Whether it may see changes: "SELECT permission on all captured columns in the source table and, if a gating role for the capture
    /// instance was defined, membership in that database role". A column that was dropped asks for nothing.
    /// </summary>
    public static bool CanReadChanges(SqlSession session, CdcDatabase cdc, CaptureInstance instance) =>
        IsOwner(session, cdc.Database)
        || ((instance.Role is not { } role || IsMember(session, cdc.Database, role))
            && instance.Columns.Where(c => instance.Source.Columns.Any(own => own.Id == c.Source.Id))
                .All(c => Has(session, cdc.Database, Select, instance.Source.Schema, instance.Source.Name, c.Source.Name)));

    public static SqlErrorException Denied(Database database, string permission, string schema, string name) => Errors.Of(229, 14,
        $"The {permission} permission was denied on the object '{name}', database '{database.Name}', schema '{schema}'.", 5);

    public static SqlErrorException DeniedOnDatabase(Database database, string permission) => Errors.Of(262, 14, $"{permission} permission denied in database '{database.Name}'.");

    private static SqlErrorException DeniedColumn(Database database, string permission, string schema, string name, string column) => Errors.Of(230, 14,
        $"The {permission} permission was denied on the column '{column}' of the object '{name}', database '{database.Name}', schema '{schema}'.");

    private static bool HasAnyColumn(SqlSession session, Database database, string permission, string schema, string name)
    {
        var memberships = UserIn(session, database) is { } user ? database.Security.MembershipsOf(user) : [];
        return database.Security.Permissions.Exists(p => p is { Column: not null, IsDenied: false } && p.Name == permission && p.Covers(schema, name) && memberships.Contains(p.Grantee));
    }

    private static bool HasRoleGrant(HashSet<string> memberships, string permission) => permission == Select
        ? memberships.Contains("db_datareader")
        : permission is "INSERT" or "UPDATE" or "DELETE" && memberships.Contains("db_datawriter");

    private static bool HasRoleDenial(HashSet<string> memberships, string permission) => permission == Select
        ? memberships.Contains("db_denydatareader")
        : permission is "INSERT" or "UPDATE" or "DELETE" && memberships.Contains("db_denydatawriter");

    private static bool IsAboutObjects(string permission) => permission is Select or "INSERT" or "UPDATE" or "DELETE" or "EXECUTE" or "REFERENCES" or "CONTROL" or "ALTER" or "VIEW DEFINITION";

    private static bool IsTemporary(Table table) => table.Name[0] is '#' or '@';

    private static bool IsDbo(string user) => string.Equals(user, "dbo", StringComparison.OrdinalIgnoreCase);

    // guest may enter the system databases; in others it is disabled until it is granted CONNECT, which the stand-in does not know.
    private static string? GuestOf(Database database) => database.Id <= 4 ? "guest" : null;
}
