namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>What the wire listener needs of an engine.</summary>
public interface ISqlEngine
{
    /// <summary>Opens a session for an authenticated login. Throws <see cref="SqlErrorException"/> (18456, 4060) to refuse it.</summary>
    ISqlSession Open(SqlLogin login);

    /// <summary>Whether the engine keeps this login's password itself (CREATE LOGIN), so that the listener leaves it to <see cref="Open"/>.</summary>
    bool HasLogin(string name) => false;
}
