using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>The request is well formed, and the stand-in does not serve it: the client gets an error that says so.</summary>
internal sealed class RequestRefusedException : Exception
{
    private RequestRefusedException(string message) : base(message) { }

    public static RequestRefusedException Because(string reason) => new($"stand-in: {reason}.");

    /// <summary>What the client is told of this, of an error of a statement, or of a defect.</summary>
    public static SqlError ErrorOf(Exception e) => e switch
    {
        SqlErrorException known => known.Error,
        RequestRefusedException => new SqlError(50_000, 1, 16, e.Message),
        _ => new SqlError(50_000, 1, 16, $"stand-in: a defect in the engine: {e.GetType().Name}: {e.Message}"),
    };
}
