namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>The status bits of DONE, DONEPROC and DONEINPROC (MS-TDS 2.2.7.6).</summary>
[Flags]
internal enum DoneStatus : ushort
{
    Final = 0,
    More = 0x01,
    Error = 0x02,
    InTransaction = 0x04,
    Count = 0x10,
    Attention = 0x20,
}
