namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>The request is well formed, and the stand-in does not serve it: the client gets an error that says so.</summary>
internal sealed class RequestRefusedException : Exception
{
    private RequestRefusedException(string message) : base(message) { }

    public static RequestRefusedException Because(string reason) => new($"stand-in: {reason}.");
}
