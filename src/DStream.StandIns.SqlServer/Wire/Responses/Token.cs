namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>The token bytes of a response (MS-TDS 2.2.7).</summary>
internal static class Token
{
    public const byte ReturnStatus = 0x79, ColMetadata = 0x81, Error = 0xAA, Info = 0xAB, ReturnValue = 0xAC, LoginAck = 0xAD, EnvChange = 0xE3,
        Row = 0xD1, SessionState = 0xE4, Done = 0xFD, DoneProc = 0xFE, DoneInProc = 0xFF;
}
