using System.Globalization;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>ENVCHANGE (MS-TDS 2.2.7.9): new value first, then the old one.</summary>
internal static class EnvChange
{
    private const byte DatabaseType = 1, LanguageType = 2, PacketSizeType = 4, CollationType = 7, BeginType = 8, CommitType = 9, RollbackType = 10,
        ResetType = 18;

    public static void Database(ByteBuffer output, string current, string previous) => Text(output, DatabaseType, current, previous);
    public static void Language(ByteBuffer output) => Text(output, LanguageType, "us_english", "");

    public static void PacketSize(ByteBuffer output, int current, int previous) =>
        Text(output, PacketSizeType, current.ToString(CultureInfo.InvariantCulture), previous.ToString(CultureInfo.InvariantCulture));

    public static void Collation(ByteBuffer output) => Binary(output, CollationType, Types.Collation.Default, []);
    public static void ResetDone(ByteBuffer output) => Binary(output, ResetType, [], []);

    /// <summary>What happened to the transaction, seen from its descriptors before and after (0 is none).</summary>
    public static void Transaction(ByteBuffer output, ulong before, ulong after, bool rolledBack)
    {
        if (before == after) return;
        if (before != 0) Binary(output, rolledBack ? RollbackType : CommitType, [], BitConverter.GetBytes(before));
        if (after != 0) Binary(output, BeginType, BitConverter.GetBytes(after), []);
    }

    private static void Text(ByteBuffer output, byte type, string current, string previous)
    {
        var position = Begin(output, type);
        output.ByteString(current);
        output.ByteString(previous);
        output.PatchUInt16(position);
    }

    private static void Binary(ByteBuffer output, byte type, ReadOnlySpan<byte> current, ReadOnlySpan<byte> previous)
    {
        var position = Begin(output, type);
        output.Byte((byte)current.Length);
        output.Bytes(current);
        output.Byte((byte)previous.Length);
        output.Bytes(previous);
        output.PatchUInt16(position);
    }

    private static int Begin(ByteBuffer output, byte type)
    {
        output.Byte(Token.EnvChange);
        var position = output.Length;
        output.UInt16(0);
        output.Byte(type);
        return position;
    }
}
