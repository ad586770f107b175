using System.Buffers.Binary;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>How many bytes a value takes, its length prefix included: what tells whether a row has come whole.</summary>
internal static class ValueLength
{
    private const int TextPointerTail = 8 + 4;

    /// <summary>-1 where <paramref name="bytes"/> end before the length is known; the value itself may end later.</summary>
    public static int Of(ReadOnlySpan<byte> bytes, WireType type)
    {
        switch (type.Form)
        {
            case LengthForm.None:
                return type.FixedBytes;
            case LengthForm.OneByte:
                return bytes.Length < 1 ? -1 : bytes[0] == byte.MaxValue ? 1 : 1 + bytes[0];
            case LengthForm.TwoBytes or LengthForm.Vector:
                if (bytes.Length < 2) return -1;
                var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
                return length == ushort.MaxValue ? 2 : 2 + length;
            case LengthForm.FourBytes or LengthForm.Variant:
                return bytes.Length < 4 ? -1 : 4 + Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(bytes));
            case LengthForm.TextPointer:
                return OfTextPointer(bytes);
            default:
                return OfChunks(bytes);
        }
    }

    private static int OfTextPointer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 1) return -1;
        if (bytes[0] == 0) return 1;
        var prefix = 1 + bytes[0] + TextPointerTail;
        return bytes.Length < prefix ? -1 : prefix + Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(bytes[(prefix - 4)..]));
    }

    private static int OfChunks(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8) return -1;
        var at = 8;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) == PartlyLengthPrefixed.Null) return at;
        while (bytes.Length - at >= 4)
        {
            var chunk = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            at += 4;
            if (chunk <= 0) return at;
            if (chunk > bytes.Length - at) return -1;
            at += chunk;
        }
        return -1;
    }
}
