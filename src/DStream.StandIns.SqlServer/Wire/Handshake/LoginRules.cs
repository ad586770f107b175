using System.Security.Cryptography;
using System.Text;
using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>Whom the listener lets in, before the engine is asked about the database.</summary>
internal static class LoginRules
{
    public static void Check(Login7 login, bool mars, SqlServerListenerOptions options, ISqlEngine engine)
    {
        if (!TdsVersions.IsServed(login.TdsVersion))
            throw Refuse(17828, 20, "stand-in: the client's protocol is older than TDS 7.3; ask for 7.3, 7.4 or 8.0.");
        if (login.IntegratedSecurity || login.Features.FederatedAuthentication)
            throw Refuse(18452, 14, "Login failed. stand-in: only SQL authentication (user and password) is supported.");
        if (mars)
            throw Refuse(50_000, 16, "stand-in: MARS is not supported; take MultipleActiveResultSets out of the connection string.");
        if (login.ChangesPassword || login.AttachesFile)
            throw Refuse(50_000, 16, "stand-in: a login can neither change its password nor attach a database file.");
        if (options.Logins is { } logins && !engine.HasLogin(login.User) && !IsKnown(logins, login))
            throw Refuse(18456, 14, $"Login failed for user '{login.User}'.");
    }

    private static bool IsKnown(IReadOnlyDictionary<string, string> logins, Login7 login)
    {
        foreach (var (user, password) in logins)
        {
            if (!user.Equals(login.User, StringComparison.OrdinalIgnoreCase)) continue;
            return CryptographicOperations.FixedTimeEquals(Encoding.Unicode.GetBytes(password), Encoding.Unicode.GetBytes(login.Password));
        }
        return false;
    }

    private static SqlErrorException Refuse(int number, byte severity, string message) => new(new SqlError(number, 1, severity, message));
}
