namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>An error or (severity up to 10) an informational message.</summary>
public sealed record SqlError(int Number, byte State, byte Severity, string Message, string Procedure = "", int Line = 1);

/// <summary>A statement failed.</summary>
public sealed class SqlErrorException(SqlError error) : Exception(error.Message)
{
    public SqlError Error { get; } = error;
}
