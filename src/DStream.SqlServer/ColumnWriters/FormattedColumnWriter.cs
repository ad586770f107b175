using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>Integers, decimals, floats and Guids: types that format themselves, without boxing.</summary>
/// <param name="read">The client's typed getter.</param>
/// <param name="quoted">Whether the value is a JSON string.</param>
internal sealed class FormattedColumnWriter<T>(Func<SqlDataReader, int, T> read, bool quoted) : ColumnWriter
    where T : IUtf8SpanFormattable
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json) =>
        JsonText.Write(json, read(reader, ordinal), quoted);
}
