using System.Buffers;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>Dates and times: ISO 8601, a JSON string in both value formats.</summary>
/// <param name="read">The client's typed getter.</param>
/// <param name="write">The form of the type.</param>
/// <param name="scale">Digits of a second's fraction.</param>
internal sealed class TemporalColumnWriter<T>(Func<SqlDataReader, int, T> read, Action<IBufferWriter<byte>, T, int> write, int scale) : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json) => write(json, read(reader, ordinal), scale);
}
