using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>Texts of up to 8000 bytes, and xml and json, which the client gives as a whole only.</summary>
internal sealed class TextColumnWriter : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json) =>
        JsonText.WriteString(json, reader.GetString(ordinal));
}
