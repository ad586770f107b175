namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>The client's bytes are not TDS as this server knows it; the connection cannot go on.</summary>
internal class ProtocolException(string message) : Exception(message);
