using System.Runtime.InteropServices;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>vector of 32-bit floats: a header of 8 bytes (layout A9, version 1, dimensions, element type 0), then the elements.</summary>
internal static class VectorBytes
{
    public const int HeaderBytes = 8;

    public static void Write(ByteBuffer output, float[] value)
    {
        output.UInt16(checked((ushort)(HeaderBytes + value.Length * 4)));
        output.Byte(0xA9);
        output.Byte(0x01);
        output.UInt16((ushort)value.Length);
        output.UInt32(0);
        output.Bytes(MemoryMarshal.AsBytes<float>(value));
    }

    public static float[]? Read(ref ByteReader reader)
    {
        var length = reader.UInt16();
        if (length == 0xFFFF) return null;
        var bytes = reader.Bytes(length);
        if (length < HeaderBytes || bytes[0] != 0xA9 || bytes[4] != 0)
            throw new ProtocolException("A vector parameter that is not one of 32-bit floats.");
        return MemoryMarshal.Cast<byte, float>(bytes[HeaderBytes..]).ToArray();
    }
}
