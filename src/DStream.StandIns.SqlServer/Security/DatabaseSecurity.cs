using System.Collections.Immutable;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>The principals of a database and what they may do. Immutable: a change is another one, and a rollback sets the old one again.</summary>
/// <param name="Users">Login by user; null is a user without login.</param>
/// <param name="Roles">Members by role.</param>
/// <param name="SchemaOwners">Owner by schema, where it is not dbo.</param>
/// <param name="Permissions">What was granted and denied.</param>
internal sealed record DatabaseSecurity(
    ImmutableSortedDictionary<string, string?> Users,
    ImmutableSortedDictionary<string, ImmutableHashSet<string>> Roles,
    ImmutableSortedDictionary<string, string> SchemaOwners,
    ImmutableList<Permission> Permissions)
{
    public const string Owner = "db_owner";
    public const string Public = "public";

    private static readonly StringComparer Names = StringComparer.OrdinalIgnoreCase;
    private static readonly ImmutableHashSet<string> Nobody = ImmutableHashSet.Create<string>(Names);

    public static readonly ImmutableHashSet<string> FixedRoles = ImmutableHashSet.Create(Names,
        Owner, "db_accessadmin", "db_securityadmin", "db_ddladmin", "db_backupoperator", "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter");

    public static readonly DatabaseSecurity Empty = new(
        ImmutableSortedDictionary.Create<string, string?>(Names),
        FixedRoles.ToImmutableSortedDictionary(role => role, _ => Nobody, Names),
        ImmutableSortedDictionary.Create<string, string>(Names),
        []);

    public bool IsPrincipal(string name) =>
        Users.ContainsKey(name) || Roles.ContainsKey(name) || Names.Equals(name, Public) || Names.Equals(name, "dbo") || Names.Equals(name, "guest");

    /// <summary>The principal, every role that it is in by any way, and public.</summary>
    public HashSet<string> MembershipsOf(string principal)
    {
        var all = new HashSet<string>(Names) { principal, Public };
        var open = new Queue<string>([principal]);
        while (open.TryDequeue(out var member))
        {
            foreach (var (role, members) in Roles)
            {
                if (members.Contains(member) && all.Add(role))
                {
                    open.Enqueue(role);
                }
            }
        }
        return all;
    }

    public DatabaseSecurity WithRole(string role) => this with { Roles = Roles.Add(role, Nobody) };

    public DatabaseSecurity WithMember(string role, string member) => this with { Roles = Roles.SetItem(role, Roles[role].Add(member)) };

    public DatabaseSecurity WithoutMember(string role, string member) => this with { Roles = Roles.SetItem(role, Roles[role].Remove(member)) };

    /// <summary>Granting takes a denial away, and the other way round.</summary>
    public DatabaseSecurity With(Permission permission) => this with { Permissions = Permissions.RemoveAll(permission.IsOver).Add(permission) };

    public DatabaseSecurity Without(Permission permission) => this with { Permissions = Permissions.RemoveAll(permission.IsOver) };

    /// <summary>Without all that names a principal.</summary>
    public DatabaseSecurity WithoutPrincipal(string name) => this with
    {
        Users = Users.Remove(name),
        Roles = Roles.Remove(name).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Remove(name), Names),
        Permissions = Permissions.RemoveAll(permission => Names.Equals(permission.Grantee, name)),
    };

    /// <summary>Without what was granted on an object that is gone.</summary>
    public DatabaseSecurity WithoutObject(string schema, string name) => this with
    {
        Permissions = Permissions.RemoveAll(permission => Names.Equals(permission.Schema, schema) && Names.Equals(permission.Object, name)),
    };
}
