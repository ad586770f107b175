using System.Buffers;
using System.Text;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>decimal and numeric of more than 28 digits, which System.Decimal cannot hold: exact, in the column's scale.</summary>
internal sealed class WideDecimalColumnWriter(bool quoted) : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        if (quoted) JsonText.WriteByte(json, (byte)'"');
        Encoding.ASCII.GetBytes(reader.GetSqlDecimal(ordinal).ToString(), json);
        if (quoted) JsonText.WriteByte(json, (byte)'"');
    }
}
