using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>EXECUTE AS USER and EXECUTE AS LOGIN; REVERT takes the last one back.</summary>
internal static class ExecuteAs
{
    public static void Run(SqlSession session, ExecuteContext node, Func<ScalarExpression, string?> evaluate)
    {
        if (node.Kind is not (ExecuteAsOption.User or ExecuteAsOption.Login))
        {
            throw Errors.Unsupported($"EXECUTE AS {node.Kind}");
        }
        var name = evaluate(node.Principal) ?? "";
        var isLogin = node.Kind == ExecuteAsOption.Login;
        var database = session.CurrentDatabase;
        var exists = isLogin
            ? session.IsAdministrator && session.Engine.Logins.ContainsKey(name)
            : Access.IsOwner(session, database) && (database.Security.Users.ContainsKey(name) || string.Equals(name, "dbo", StringComparison.OrdinalIgnoreCase));
        if (!exists)
        {
            throw Errors.Of(isLogin ? 15406 : 15517, 16, $"Cannot execute as the {(isLogin ? "server" : "database")} principal because the principal \"{name}\" does not exist, this type of principal cannot be impersonated, or you do not have permission.");
        }
        session.Impersonations.Push(isLogin ? new Impersonation(name, null, null) : new Impersonation(null, database, name));
    }
}
