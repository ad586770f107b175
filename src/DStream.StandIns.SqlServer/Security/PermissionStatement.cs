using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>GRANT, DENY and REVOKE, on the database, a schema, an object or its columns.</summary>
internal sealed class PermissionStatement(BatchContext context, SecurityStatements statements)
{
    private Database Database => context.Session.CurrentDatabase;

    public void Run(SecurityStatement node)
    {
        if (!Access.IsOwner(context.Session, Database) && !Access.IsMember(context.Session, Database, "db_securityadmin"))
        {
            throw Errors.Of(4613, 16, "Grantor does not have GRANT permission.");
        }
        var (schema, name) = Securable(node.SecurityTargetObject);
        foreach (var grantee in node.Principals.Select(Grantee).ToList())
        {
            foreach (var permission in node.Permissions)
            {
                var columns = permission.Columns.Concat(node.SecurityTargetObject?.Columns ?? []).Select(c => (string?)c.Value).ToList();
                foreach (var column in columns.Count > 0 ? columns : [null])
                {
                    Apply(node, new Permission(grantee, NameOf(permission), schema, name, Column(schema, name, column), node is DenyStatement));
                }
            }
        }
    }

    private void Apply(SecurityStatement node, Permission permission) =>
        statements.Change(node is RevokeStatement ? Database.Security.Without(permission) : Database.Security.With(permission));

    private static string NameOf(Microsoft.SqlServer.TransactSql.ScriptDom.Permission permission)
    {
        var name = string.Join(' ', permission.Identifiers.Select(word => word.Value)).ToUpperInvariant();
        return name == "ALL PRIVILEGES" ? throw Errors.Unsupported("GRANT ALL") : name;
    }

    private (string? Schema, string? Name) Securable(SecurityTargetObject? target)
    {
        if (target is null)
        {
            return (null, null);
        }
        var parts = target.ObjectName.MultiPartIdentifier.Identifiers;
        switch (target.ObjectKind)
        {
            case SecurityObjectKind.Database:
                return string.Equals(parts[^1].Value, Database.Name, StringComparison.OrdinalIgnoreCase) ? (null, null) : throw SecurityStatements.NotFound("find the database", parts[^1].Value);
            case SecurityObjectKind.Schema:
                return Database.Schemas.ContainsKey(parts[^1].Value) ? (parts[^1].Value, null) : throw SecurityStatements.NotFound("find the schema", parts[^1].Value);
            case SecurityObjectKind.Object or SecurityObjectKind.NotSpecified:
                var (schema, name) = (parts.Count > 1 ? parts[^2].Value : "dbo", parts[^1].Value);
                return Database.Object(schema, name) is not null || Database.Modules.ContainsKey((schema, name)) || Database.IsSystemObject($"[{schema}].[{name.Replace("]", "]]", StringComparison.Ordinal)}]")
                    ? (schema, name)
                    : throw SecurityStatements.NotFound("find the object", name);
            default:
                throw Errors.Unsupported($"permissions on {target.ObjectKind}");
        }
    }

    private string? Column(string? schema, string? name, string? column) =>
        column is null || (name is not null && Database.Object(schema!, name)?.Columns.Any(c => string.Equals(c.Name, column, StringComparison.OrdinalIgnoreCase)) == true)
            ? column
            : throw Errors.Of(1911, 16, $"Column name '{column}' does not exist in the target table or view.");

    private string Grantee(SecurityPrincipal principal)
    {
        var name = principal.PrincipalType == PrincipalType.Public ? DatabaseSecurity.Public : principal.Identifier.Value;
        return Database.Security.IsPrincipal(name) ? name : throw SecurityStatements.NotFound("find the user", name);
    }
}
