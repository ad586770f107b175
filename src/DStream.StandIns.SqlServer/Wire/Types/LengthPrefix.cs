using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>What stands before and after a value of varying length: chunks, a text pointer, or two bytes.</summary>
internal static class LengthPrefix
{
    /// <summary>Clients look only at whether it is there: READTEXT and its kin are not served.</summary>
    private static ReadOnlySpan<byte> TextPointer => "dstream-textptr\0"u8;

    private static ReadOnlySpan<byte> Timestamp => [0, 0, 0, 0, 0, 0, 0, 1];

    public static void Begin(ByteBuffer output, SqlType type, int length)
    {
        if (PartlyLengthPrefixed.Is(type))
        {
            PartlyLengthPrefixed.Begin(output, length);
        }
        else if (type.Kind is SqlKind.Text or SqlKind.NText or SqlKind.Image)
        {
            output.Byte((byte)TextPointer.Length);
            output.Bytes(TextPointer);
            output.Bytes(Timestamp);
            output.Int32(length);
        }
        else
        {
            var limit = type.Kind == SqlKind.RowVersion ? 8 : type.MaxLength;
            if (length > limit) throw new OverflowException($"A value of {length} bytes in a {type.Kind} column of {limit} bytes.");
            output.UInt16((ushort)length);
        }
    }

    public static void End(ByteBuffer output, SqlType type)
    {
        if (PartlyLengthPrefixed.Is(type)) PartlyLengthPrefixed.End(output);
    }
}
