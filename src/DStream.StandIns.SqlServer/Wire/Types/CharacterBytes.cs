using System.Text;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>Character values in their three encodings, with the length prefix of their type.</summary>
internal static class CharacterBytes
{
    public static void CodePage(ByteBuffer output, SqlType type, string value)
    {
        var length = Collation.CodePage.GetByteCount(value);
        LengthPrefix.Begin(output, type, length);
        Collation.CodePage.GetBytes(value, output.Take(length));
        LengthPrefix.End(output, type);
    }

    public static void Utf16(ByteBuffer output, SqlType type, string value)
    {
        LengthPrefix.Begin(output, type, value.Length * 2);
        output.Utf16(value);
        LengthPrefix.End(output, type);
    }

    public static void Utf8(ByteBuffer output, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        PartlyLengthPrefixed.Begin(output, length);
        Encoding.UTF8.GetBytes(value, output.Take(length));
        PartlyLengthPrefixed.End(output);
    }
}
