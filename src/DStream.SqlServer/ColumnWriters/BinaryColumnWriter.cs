using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>All binary types: base64, in parts, so that a large value exists once, in the page.</summary>
/// <param name="partBytes">Bytes to read at a time.</param>
internal sealed class BinaryColumnWriter(int partBytes) : ColumnWriter
{
    /// <summary>For values that may be large.</summary>
    public const int LargePart = 24 * 1024;

    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        var part = ArrayPool<byte>.Shared.Rent(partBytes + 2);
        try
        {
            JsonText.WriteByte(json, (byte)'"');
            long at = 0;
            var held = 0;
            while (true)
            {
                var space = part.Length - held;
                var read = (int)reader.GetBytes(ordinal, at, part, held, space);
                at += read;
                held = WriteWhole(json, part, held + read);
                if (read < space) break;
            }

            JsonText.WriteBase64(json, part.AsSpan(0, held));
            JsonText.WriteByte(json, (byte)'"');
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    // base64 writes three bytes as four characters: what is left over waits for the next part.
    private static int WriteWhole(IBufferWriter<byte> json, byte[] part, int length)
    {
        var held = length % 3;
        JsonText.WriteBase64(json, part.AsSpan(0, length - held));
        part.AsSpan(length - held, held).CopyTo(part);
        return held;
    }
}
