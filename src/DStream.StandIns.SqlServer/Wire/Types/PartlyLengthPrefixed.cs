using System.Buffers;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>PLP (MS-TDS 2.2.5.2.3): values without a limit, a total length first and then chunks until an empty one.</summary>
internal static class PartlyLengthPrefixed
{
    public const ulong Null = ulong.MaxValue;
    private const ulong UnknownLength = ulong.MaxValue - 1;

    public static bool Is(SqlType type) =>
        type.MaxLength < 0 && type.Kind is SqlKind.VarChar or SqlKind.NVarChar or SqlKind.VarBinary
        || type.Kind is SqlKind.Xml or SqlKind.Json || UdtInfo.Is(type.Kind);

    /// <summary>Starts a value of one chunk; its bytes follow, then <see cref="End"/>.</summary>
    public static void Begin(ByteBuffer output, int length)
    {
        output.UInt64((ulong)length);
        if (length > 0) output.Int32(length);
    }

    public static void End(ByteBuffer output) => output.UInt32(0);

    /// <summary>The whole value, or null for NULL.</summary>
    public static byte[]? Read(ref ByteReader reader)
    {
        var total = reader.UInt64();
        if (total == Null) return null;
        var value = new ArrayBufferWriter<byte>(total == UnknownLength ? 256 : Math.Max(1, (int)Math.Min(total, (ulong)reader.Remaining)));
        for (var chunk = reader.Int32(); chunk != 0; chunk = reader.Int32())
            value.Write(reader.Bytes(chunk));
        return value.WrittenSpan.ToArray();
    }
}
