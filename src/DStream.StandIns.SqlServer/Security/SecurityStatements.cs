using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>CREATE LOGIN, CREATE USER, ALTER ROLE, GRANT and their like. They run under the gate, and a rollback undoes them.</summary>
internal sealed class SecurityStatements(BatchContext context, Transaction transaction)
{
    private SqlSession Session => context.Session;

    private Database Database => Session.CurrentDatabase;

    public static bool Knows(TSqlStatement statement) => statement is SecurityStatement or CreateUserStatement or DropUserStatement or CreateLoginStatement or DropLoginStatement
        or AlterLoginStatement or CreateRoleStatement or DropRoleStatement or AlterRoleStatement or AlterServerRoleStatement;

    public void Run(TSqlStatement statement)
    {
        switch (statement)
        {
            case SecurityStatement permissions:
                new PermissionStatement(context, this).Run(permissions);
                break;
            case CreateUserStatement user:
                CreateUser(user);
                break;
            case DropUserStatement user:
                Drop(user.Name.Value, user.IsIfExists, "user", Database.Security.Users.ContainsKey(user.Name.Value));
                break;
            case CreateLoginStatement login:
                CreateLogin(login);
                break;
            case DropLoginStatement login:
                DropLogin(login);
                break;
            case AlterLoginStatement login:
                AlterLogin(login);
                break;
            case CreateRoleStatement role:
                AddRole(role.Name.Value);
                break;
            case DropRoleStatement role:
                Drop(role.Name.Value, role.IsIfExists, "role", Database.Security.Roles.ContainsKey(role.Name.Value) && !DatabaseSecurity.FixedRoles.Contains(role.Name.Value));
                break;
            case AlterServerRoleStatement { Action: AddMemberAlterRoleAction add } role:
                SetServerRole(role.Name.Value, add.Member.Value, isMember: true);
                break;
            case AlterServerRoleStatement { Action: DropMemberAlterRoleAction drop } role:
                SetServerRole(role.Name.Value, drop.Member.Value, isMember: false);
                break;
            case AlterRoleStatement { Action: AddMemberAlterRoleAction add } role:
                SetMember(role.Name.Value, add.Member.Value, isMember: true);
                break;
            case AlterRoleStatement { Action: DropMemberAlterRoleAction drop } role:
                SetMember(role.Name.Value, drop.Member.Value, isMember: false);
                break;
            default:
                throw Errors.Unsupported(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal));
        }
    }

    public void AddRole(string name)
    {
        Demand("db_securityadmin");
        if (Database.Security.IsPrincipal(name))
        {
            throw Exists(name);
        }
        Change(Database.Security.WithRole(name));
    }

    public void SetMember(string role, string member, bool isMember)
    {
        var security = Database.Security;
        if (!security.Roles.ContainsKey(role) || !Access.IsMember(Session, Database, DatabaseSecurity.FixedRoles.Contains(role) ? DatabaseSecurity.Owner : "db_securityadmin")
            && !Access.IsOwner(Session, Database))
        {
            throw Errors.Of(15151, 16, $"Cannot alter the role '{role}', because it does not exist or you do not have permission.");
        }
        if (!security.IsPrincipal(member))
        {
            throw NotFound("add the principal", member);
        }
        Change(isMember ? security.WithMember(role, member) : security.WithoutMember(role, member));
    }

    public void SetServerRole(string role, string member, bool isMember)
    {
        DemandAdministrator();
        var login = Session.Engine.Logins.GetValueOrDefault(member) ?? throw NotFound("add the principal", member);
        // Of the server's roles the stand-in knows what sysadmin may do; the others give nothing.
        if (string.Equals(role, "sysadmin", StringComparison.OrdinalIgnoreCase))
        {
            ChangeLogins(Session.Engine.Logins.SetItem(member, login with { IsAdministrator = isMember }));
        }
    }

    /// <summary>Sets the database's security to another, until a rollback.</summary>
    public void Change(DatabaseSecurity security)
    {
        var (database, before, engine) = (Database, Database.Security, Session.Engine);
        database.Security = security;
        engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            database.Security = before;
            engine.SchemaChanged();
        });
    }

    public static SqlErrorException NotFound(string what, string name) => Errors.Of(15151, 16, $"Cannot {what} '{name}', because it does not exist or you do not have permission.");

    private static SqlErrorException Exists(string name) => Errors.Of(15023, 16, $"User, group, or role '{name}' already exists in the current database.");

    private void CreateUser(CreateUserStatement node)
    {
        Demand("db_accessadmin");
        var (name, option) = (node.Name.Value, node.UserLoginOption);
        var login = option?.UserLoginOptionType switch
        {
            null => name,
            UserLoginOptionType.WithoutLogin => null,
            UserLoginOptionType.Login => option.Identifier.Value,
            var other => throw Errors.Unsupported($"CREATE USER {other}"),
        };
        if (Database.Security.IsPrincipal(name))
        {
            throw Exists(name);
        }
        if (login is not null && !Session.Engine.Logins.ContainsKey(login))
        {
            throw Errors.Of(15007, 16, $"'{login}' is not a valid login or you do not have permission.");
        }
        if (login is not null && Database.Security.Users.Any(user => string.Equals(user.Value, login, StringComparison.OrdinalIgnoreCase)))
        {
            throw Errors.Of(15063, 16, "The login already has an account under a different user name.");
        }
        Change(Database.Security with { Users = Database.Security.Users.Add(name, login) });
    }

    private void Drop(string name, bool ifExists, string what, bool exists)
    {
        Demand("db_accessadmin");
        if (!exists)
        {
            if (ifExists)
            {
                return;
            }
            throw NotFound($"drop the {what}", name);
        }
        if (what == "role" && Database.Security.Roles[name].Count > 0)
        {
            throw Errors.Of(15144, 16, "The role has members. It must be empty before it can be dropped.");
        }
        if (Database.Security.SchemaOwners.ContainsValue(name))
        {
            throw Errors.Of(15138, 16, $"The database principal owns a schema in the database, and cannot be dropped.");
        }
        Change(Database.Security.WithoutPrincipal(name));
    }

    private void CreateLogin(CreateLoginStatement node)
    {
        DemandAdministrator();
        var name = node.Name.Value;
        if (node.Source is not PasswordCreateLoginSource { Hashed: false, Password: StringLiteral password })
        {
            throw Errors.Unsupported("CREATE LOGIN without a password in plain text");
        }
        if (Session.Engine.Logins.ContainsKey(name) || string.Equals(name, "sa", StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Of(15025, 16, $"The server principal '{name}' already exists.");
        }
        ChangeLogins(Session.Engine.Logins.Add(name, new ServerLogin(name, password.Value)));
    }

    private void DropLogin(DropLoginStatement node)
    {
        DemandAdministrator();
        if (!Session.Engine.Logins.ContainsKey(node.Name.Value))
        {
            throw NotFound("drop the login", node.Name.Value);
        }
        ChangeLogins(Session.Engine.Logins.Remove(node.Name.Value));
    }

    private void AlterLogin(AlterLoginStatement node)
    {
        DemandAdministrator();
        var login = Session.Engine.Logins.GetValueOrDefault(node.Name.Value) ?? throw NotFound("alter the login", node.Name.Value);
        if (node is not AlterLoginOptionsStatement { Options: var options } || options.OfType<PasswordAlterPrincipalOption>().FirstOrDefault() is not { Password: StringLiteral password })
        {
            throw Errors.Unsupported("ALTER LOGIN other than WITH PASSWORD");
        }
        ChangeLogins(Session.Engine.Logins.SetItem(login.Name, login with { Password = password.Value }));
    }

    private void ChangeLogins(System.Collections.Immutable.ImmutableDictionary<string, ServerLogin> logins)
    {
        var (engine, before) = (Session.Engine, Session.Engine.Logins);
        engine.Logins = logins;
        engine.SchemaChanged();
        transaction.OnRollback(() =>
        {
            engine.Logins = before;
            engine.SchemaChanged();
        });
    }

    private void Demand(string role)
    {
        if (!Access.IsOwner(Session, Database) && !Access.IsMember(Session, Database, role))
        {
            throw Errors.Of(15247, 16, "User does not have permission to perform this action.");
        }
    }

    private void DemandAdministrator()
    {
        if (!Session.IsAdministrator)
        {
            throw Errors.Of(15247, 16, "User does not have permission to perform this action.");
        }
    }
}
