using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using static DStream.StandIns.SqlServer.Catalog.SystemViews;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>Views of logins, users, roles and permissions. Numbers of principals follow their names, not the order they were made in.</summary>
internal static class PrincipalViews
{
    private const int FirstUser = 5;
    private const int FirstRole = 16384;

    private static readonly SqlType Name = SqlTypes.SysName;
    private static readonly SqlType Desc = SqlTypes.NVarChar(60);

    public static void Register(Dictionary<string, SystemView> views)
    {
        views["sys.database_principals"] = new(
            [Col("name", Name), Col("principal_id", SqlTypes.Int), Col("type", SqlTypes.Char(1)), Col("type_desc", Desc, true), Col("default_schema_name", Name, true), Col("is_fixed_role", SqlTypes.Bit)],
            static (_, database) => Principals(database).Select(p => new object?[]
            {
                p.Name, p.Id, p.IsRole ? "R" : "S", p.IsRole ? "DATABASE_ROLE" : "SQL_USER", p.IsRole ? null : "dbo", DatabaseSecurity.FixedRoles.Contains(p.Name),
            }));
        views["sys.database_role_members"] = new(
            [Col("role_principal_id", SqlTypes.Int), Col("member_principal_id", SqlTypes.Int)],
            static (_, database) => database.Security.Roles.SelectMany(role => role.Value.Select(member => new object?[] { IdOf(database, role.Key), IdOf(database, member) })));
        views["sys.database_permissions"] = new(
            [Col("class", SqlTypes.TinyInt), Col("class_desc", Desc, true), Col("major_id", SqlTypes.Int), Col("minor_id", SqlTypes.Int), Col("grantee_principal_id", SqlTypes.Int),
             Col("grantor_principal_id", SqlTypes.Int), Col("permission_name", SqlTypes.NVarChar(128), true), Col("state", SqlTypes.Char(1)), Col("state_desc", Desc, true)],
            static (_, database) => database.Security.Permissions.Select(p => Row(database, p)));
        views["sys.server_principals"] = new(
            [Col("name", Name), Col("principal_id", SqlTypes.Int), Col("type", SqlTypes.Char(1)), Col("type_desc", Desc, true), Col("is_disabled", SqlTypes.Bit, true)],
            static (context, _) => context.Engine.Logins.Keys.Order(StringComparer.OrdinalIgnoreCase).Prepend("sa").Select((login, i) => new object?[] { login, i == 0 ? 1 : 256 + i, "S", "SQL_LOGIN", false })
                .Append(["sysadmin", 3, "R", "SERVER_ROLE", false]));
    }

    private static IEnumerable<(string Name, int Id, bool IsRole)> Principals(Database database) =>
    [
        (DatabaseSecurity.Public, 0, true), ("dbo", 1, false), ("guest", 2, false), ("INFORMATION_SCHEMA", 3, false), ("sys", 4, false),
        .. database.Security.Users.Keys.Select((user, i) => (user, FirstUser + i, false)),
        .. database.Security.Roles.Keys.Select((role, i) => (role, FirstRole + i, true)),
    ];

    private static int IdOf(Database database, string name) => Principals(database).FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Id;

    private static object?[] Row(Database database, Permission permission)
    {
        var found = permission.Object is null ? null : database.Object(permission.Schema!, permission.Object);
        var (number, text, major) = permission.Schema is null ? ((byte)0, "DATABASE", 0)
            : permission.Object is null ? ((byte)3, "SCHEMA", database.Schemas.GetValueOrDefault(permission.Schema)) : ((byte)1, "OBJECT_OR_COLUMN", found?.Id ?? 0);
        var minor = permission.Column is null ? 0 : found?.Columns.FirstOrDefault(c => string.Equals(c.Name, permission.Column, StringComparison.OrdinalIgnoreCase))?.Id ?? 0;
        return [number, text, major, minor, IdOf(database, permission.Grantee), 1, permission.Name, permission.IsDenied ? "D" : "G", permission.IsDenied ? "DENY" : "GRANT"];
    }
}
