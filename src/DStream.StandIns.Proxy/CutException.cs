namespace DStream.StandIns.Proxy;

/// <summary>A fault ends the connection.</summary>
internal sealed class CutException(bool reset) : Exception("The connection is cut by a fault.")
{
    public bool Reset { get; } = reset;
}
