using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;

namespace DStream.SqlServer.Json;

/// <summary>Writes JSON values straight as UTF-8. Escapes what RFC 8259 demands and nothing else.</summary>
internal static class JsonText
{
    // A number, date or Guid with its quotes is shorter; decimal has at most 31 characters, a double 24.
    private const int MaxFormatted = 64;

    // Bounds what one call reserves: a character takes at most 3 bytes (two of a pair take 4).
    private const int MaxSlice = 8192;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    /// <summary>A JSON string. A surrogate without its other half, which nvarchar may hold, becomes U+FFFD.</summary>
    public static void WriteString(IBufferWriter<byte> json, ReadOnlySpan<char> text)
    {
        WriteByte(json, (byte)'"');
        WriteEscaped(json, text);
        WriteByte(json, (byte)'"');
    }

    /// <summary>The inside of a JSON string. A caller that writes in parts must not cut a surrogate pair.</summary>
    public static void WriteEscaped(IBufferWriter<byte> json, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0) plain = text.Length;
            WriteUtf8(json, text[..plain]);
            if (plain == text.Length) return;
            WriteEscape(json, text[plain]);
            text = text[(plain + 1)..];
        }
    }

    /// <summary>Bytes as base64 with padding, without quotes. In parts, each but the last has a multiple of three bytes.</summary>
    public static void WriteBase64(IBufferWriter<byte> json, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Base64.EncodeToUtf8(bytes, json.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        json.Advance(written);
    }

    /// <summary>A value's own shortest text, quoted or not.</summary>
    public static void Write<T>(IBufferWriter<byte> json, T value, bool quoted)
        where T : IUtf8SpanFormattable
    {
        var span = json.GetSpan(MaxFormatted);
        if (!quoted)
        {
            value.TryFormat(span, out var bare, default, CultureInfo.InvariantCulture);
            json.Advance(bare);
            return;
        }

        span[0] = (byte)'"';
        value.TryFormat(span[1..], out var written, default, CultureInfo.InvariantCulture);
        span[written + 1] = (byte)'"';
        json.Advance(written + 2);
    }

    public static void WriteByte(IBufferWriter<byte> json, byte value)
    {
        json.GetSpan(1)[0] = value;
        json.Advance(1);
    }

    private static void WriteUtf8(IBufferWriter<byte> json, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var length = Math.Min(text.Length, MaxSlice);
            if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
            Utf8.FromUtf16(text[..length], json.GetSpan(3 * length), out var read, out var written);
            json.Advance(written);
            text = text[read..];
        }
    }

    private static void WriteEscape(IBufferWriter<byte> json, char c)
    {
        var span = json.GetSpan(6);
        span[0] = (byte)'\\';
        var simple = c switch { '"' => '"', '\\' => '\\', '\b' => 'b', '\f' => 'f', '\n' => 'n', '\r' => 'r', '\t' => 't', _ => '\0' };
        if (simple != '\0')
        {
            span[1] = (byte)simple;
            json.Advance(2);
            return;
        }

        "u00"u8.CopyTo(span[1..]);
        span[4] = (byte)(c < 0x10 ? '0' : '1');
        span[5] = (byte)"0123456789abcdef"[c & 0xF];
        json.Advance(6);
    }
}
