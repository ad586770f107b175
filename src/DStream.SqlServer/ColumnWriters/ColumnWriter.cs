using System.Buffers;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>Writes the value of one column, which is not null, as JSON. One for each column, made once; used by one reader at a time.</summary>
internal abstract class ColumnWriter
{
    public abstract void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json);
}
