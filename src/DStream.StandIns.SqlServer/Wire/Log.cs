using Microsoft.Extensions.Logging;

namespace DStream.StandIns.SqlServer.Wire;

internal static partial class Log
{
    [LoggerMessage(9100, LogLevel.Information, "SQL Server stand-in listens on 127.0.0.1:{Port}")]
    public static partial void Listening(ILogger logger, int port);

    [LoggerMessage(9101, LogLevel.Debug, "Connection {SessionId}: {User} from {Application} opened database {Database}")]
    public static partial void LoggedIn(ILogger logger, short sessionId, string user, string application, string database);

    [LoggerMessage(9102, LogLevel.Information, "Login of {User} refused: error {Number}, {Reason}")]
    public static partial void LoginRefused(ILogger logger, string user, int number, string reason);

    [LoggerMessage(9103, LogLevel.Warning, "A connection broke the protocol: {Reason}")]
    public static partial void ProtocolBroken(ILogger logger, string reason);

    [LoggerMessage(9104, LogLevel.Error, "The engine failed in: {Text}")]
    public static partial void EngineFailed(ILogger logger, Exception exception, string text);

    [LoggerMessage(9105, LogLevel.Debug, "A connection ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, string reason);

    [LoggerMessage(9106, LogLevel.Error, "A connection failed")]
    public static partial void ConnectionFailed(ILogger logger, Exception exception);
}
