using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>varchar(max), nvarchar(max), text and ntext: in parts, so that a large value exists once, in the page.</summary>
/// <param name="partlyPrefixed">Whether the value comes in chunks of its own, as (max) types do and text does not: only then does
/// GetChars read in parts; else the client's text reader does.</param>
internal sealed class LargeTextColumnWriter(bool partlyPrefixed) : ColumnWriter
{
    private const int PartChars = 16 * 1024;

    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        var part = ArrayPool<char>.Shared.Rent(PartChars);
        try
        {
            JsonText.WriteByte(json, (byte)'"');
            if (partlyPrefixed) WriteChars(reader, ordinal, json, part);
            else WriteReader(reader, ordinal, json, part);
            JsonText.WriteByte(json, (byte)'"');
        }
        finally
        {
            ArrayPool<char>.Shared.Return(part);
        }
    }

    private static void WriteChars(SqlDataReader reader, int ordinal, IBufferWriter<byte> json, char[] part)
    {
        long at = 0;
        var held = 0;
        while (true)
        {
            var read = (int)reader.GetChars(ordinal, at, part, held, part.Length - held);
            if (read == 0) break;
            at += read;
            held = WriteWhole(json, part, held + read);
        }

        JsonText.WriteEscaped(json, part.AsSpan(0, held));
    }

    private static void WriteReader(SqlDataReader reader, int ordinal, IBufferWriter<byte> json, char[] part)
    {
        using var text = reader.GetTextReader(ordinal);
        var held = 0;
        while (true)
        {
            var read = text.Read(part, held, part.Length - held);
            if (read == 0) break;
            held = WriteWhole(json, part, held + read);
        }

        JsonText.WriteEscaped(json, part.AsSpan(0, held));
    }

    /// <summary>Writes all but the first half of a pair that the part may end in; returns how many characters are held back.</summary>
    private static int WriteWhole(IBufferWriter<byte> json, char[] part, int length)
    {
        var held = char.IsHighSurrogate(part[length - 1]) ? 1 : 0;
        JsonText.WriteEscaped(json, part.AsSpan(0, length - held));
        if (held == 1) part[0] = part[length - 1];
        return held;
    }
}
