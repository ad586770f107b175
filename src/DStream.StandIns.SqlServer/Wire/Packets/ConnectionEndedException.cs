namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>A fault ends the connection here: with RST, or else with FIN.</summary>
internal sealed class ConnectionEndedException(bool reset) : Exception("A fault ends the connection.")
{
    public bool Reset { get; } = reset;
}
