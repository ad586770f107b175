using System.Security.Authentication;
using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>Decides of each failure whether waiting helps, and what a person must do where it does not.</summary>
/// <param name="server">For messages.</param>
/// <param name="database">For messages.</param>
internal sealed class ErrorClassifier(string server, string database)
{
    // The client reports a lost connection as number 0, class 20 (TDS-FACTS); from 20 on the server has ended the connection, and
    // 17 to 19 are resources and internal limits.
    private const byte FirstResourceClass = 17;

    /// <summary><c>server/database</c>.</summary>
    public string Name { get; } = $"{server}/{database}";

    /// <summary>The database alone.</summary>
    public string Database { get; } = database;

    public ProviderException Map(SqlException e) => Map(e.Number, e.Class, e.State, e.Message, e);

    public ProviderException Silent(TimeSpan limit, Exception e) =>
        new($"{Name}: the server did not answer within {limit.TotalSeconds:0} seconds. Look for blocking or an overloaded server; "
            + "a longer command timeout helps only where the work is long.", isTransient: true, e);

    public ProviderException NoConnection(Exception e) =>
        new($"{Name}: no connection came free. All connections of the pool are in use: raise Max Pool Size in the connection string, "
            + $"or read fewer tables at once. ({e.Message})", isTransient: true, e);

    /// <summary>The rule itself, apart from the client's types.</summary>
    internal ProviderException Map(int number, byte errorClass, byte state, string message, Exception? e)
    {
        var what = $"{Name}: error {number}, state {state}, class {errorClass}: {message.TrimEnd()}";
        if (SqlErrors.IsLogin(number))
            return new ProviderException($"{what} The server refuses the login. Check user, password and the database's users; "
                + "the server's error log has the reason under this state.", isTransient: false, e);
        // Also while a database is restored; a host that must wait for that is started again, as after a failed login.
        if (number == SqlErrors.CannotOpenDatabase)
            return new ProviderException($"{what} The database does not exist, is not online, or the login is no user of it: "
                + "check the name, and run deploy/sql/grants.sql in it.", isTransient: false, e);
        if (SqlErrors.IsDenied(number))
            return new ProviderException($"{what} The login lacks a permission: deploy/sql/grants.sql has all that DStream needs.", isTransient: false, e);
        if (number is SqlErrors.DatabaseNotEnabled)
            return new ProviderException($"{what} Run, in the database: EXEC sys.sp_cdc_enable_db;", isTransient: false, e);
        if (IsUntrustedCertificate(e))
            return new ProviderException($"{what} The server's certificate is not trusted: install its issuer on this machine, or set "
                + "TrustServerCertificate=true in the connection string where the network is trusted.", isTransient: false, e);
        return new ProviderException(what, SqlErrors.IsTransient(number) || errorClass >= FirstResourceClass, e);
    }

    private static bool IsUntrustedCertificate(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException) return true;
        }

        return false;
    }
}
