using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

internal static class BinaryBytes
{
    public static void Write(ByteBuffer output, SqlType type, ReadOnlySpan<byte> value)
    {
        LengthPrefix.Begin(output, type, value.Length);
        output.Bytes(value);
        LengthPrefix.End(output, type);
    }
}
