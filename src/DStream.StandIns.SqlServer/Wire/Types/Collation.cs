using System.Text;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>
/// The one collation of the stand-in, SQL_Latin1_General_CP1_CI_AS: code page 1252 for char, varchar and text.
/// Parameters may come in UTF-8, which bit 26 of a collation says.
/// </summary>
internal static class Collation
{
    public const int Bytes = 5;
    private const uint Utf8Bit = 1u << 26;

    /// <summary>Locale 1033, ignoring case, kana and width, and sort order 52.</summary>
    public static ReadOnlySpan<byte> Default => [0x09, 0x04, 0xD0, 0x00, 0x34];

    public static Encoding CodePage { get; } = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static Encoding Read(ref ByteReader reader)
    {
        var info = reader.UInt32();
        reader.Byte();
        return (info & Utf8Bit) != 0 ? Encoding.UTF8 : CodePage;
    }
}
