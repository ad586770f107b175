using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>hierarchyid, geometry, geography and other CLR types: base64 of the serialised value, so that no CLR type is needed here.</summary>
internal sealed class UdtColumnWriter : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        JsonText.WriteByte(json, (byte)'"');
        JsonText.WriteBase64(json, reader.GetSqlBytes(ordinal).Value);
        JsonText.WriteByte(json, (byte)'"');
    }
}
