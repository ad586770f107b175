namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>What the wire listener needs of an engine.</summary>
public interface ISqlEngine
{
    /// <summary>Opens a session for an authenticated login. Throws <see cref="SqlErrorException"/> (18456, 4060) to refuse it.</summary>
    ISqlSession Open(SqlLogin login);
}
