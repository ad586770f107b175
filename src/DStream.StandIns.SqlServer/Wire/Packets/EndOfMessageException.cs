namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>The message ends where more of it is announced.</summary>
internal sealed class EndOfMessageException(string message) : ProtocolException(message);
