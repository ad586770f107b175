using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlTypes;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>vector: an array of numbers.</summary>
internal sealed class VectorColumnWriter(bool quoted) : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        json.Write(quoted ? "\"["u8 : "["u8);
        var values = reader.GetSqlVector<float>(ordinal).Memory.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0) JsonText.WriteByte(json, (byte)',');
            JsonText.Write(json, values[i], quoted: false);
        }

        json.Write(quoted ? "]\""u8 : "]"u8);
    }
}
