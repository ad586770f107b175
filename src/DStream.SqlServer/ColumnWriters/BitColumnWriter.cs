using System.Buffers;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>bit: true and false.</summary>
internal sealed class BitColumnWriter(bool quoted) : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json) =>
        json.Write(reader.GetBoolean(ordinal) ? quoted ? "\"true\""u8 : "true"u8 : quoted ? "\"false\""u8 : "false"u8);
}
