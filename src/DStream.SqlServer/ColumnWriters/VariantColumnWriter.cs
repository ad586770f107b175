using System.Buffers;
using System.Data.SqlTypes;
using System.Text;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>
/// sql_variant: each value in the form of its base type. The one type that is boxed, for its values differ in type. The client does not
/// say which base type a date or time had, so these have as many digits of a second as they need.
/// </summary>
internal sealed class VariantColumnWriter(bool quoted) : ColumnWriter
{
    public override void Write(SqlDataReader reader, int ordinal, IBufferWriter<byte> json)
    {
        switch (reader.GetSqlValue(ordinal))
        {
            case SqlBoolean value: json.Write(Bool(value.Value)); break;
            case SqlByte value: JsonText.Write(json, value.Value, quoted); break;
            case SqlInt16 value: JsonText.Write(json, value.Value, quoted); break;
            case SqlInt32 value: JsonText.Write(json, value.Value, quoted); break;
            case SqlInt64 value: JsonText.Write(json, value.Value, quoted); break;
            case SqlSingle value: JsonText.Write(json, value.Value, quoted); break;
            case SqlDouble value: JsonText.Write(json, value.Value, quoted); break;
            case SqlMoney value: JsonText.Write(json, value.Value, quoted); break;
            case SqlDecimal value: WriteNumber(json, value.ToString()); break;
            case SqlGuid value: JsonText.Write(json, value.Value, quoted: true); break;
            case SqlString value: JsonText.WriteString(json, value.Value); break;
            case SqlBinary value: WriteBinary(json, value.Value); break;
            case SqlDateTime value: JsonTime.WriteDateTime(json, value.Value, 3); break;
            case DateTime value: JsonTime.WriteDateTime(json, value, ScaleOf(value.Ticks)); break;
            case TimeSpan value: JsonTime.WriteTime(json, value, ScaleOf(value.Ticks)); break;
            case DateTimeOffset value: JsonTime.WriteDateTimeOffset(json, value, ScaleOf(value.Ticks)); break;
            case var other: throw new NotSupportedException($"Column {reader.GetName(ordinal)}: sql_variant holds a {other.GetType()}, which has no JSON form.");
        }
    }

    private static int ScaleOf(long ticks)
    {
        var fraction = ticks % TimeSpan.TicksPerSecond;
        if (fraction == 0) return 0;
        var scale = 7;
        for (; fraction % 10 == 0; fraction /= 10) scale--;
        return scale;
    }

    private static void WriteBinary(IBufferWriter<byte> json, byte[] value)
    {
        JsonText.WriteByte(json, (byte)'"');
        JsonText.WriteBase64(json, value);
        JsonText.WriteByte(json, (byte)'"');
    }

    private ReadOnlySpan<byte> Bool(bool value) => value ? quoted ? "\"true\""u8 : "true"u8 : quoted ? "\"false\""u8 : "false"u8;

    private void WriteNumber(IBufferWriter<byte> json, string digits)
    {
        if (quoted) JsonText.WriteByte(json, (byte)'"');
        Encoding.ASCII.GetBytes(digits, json);
        if (quoted) JsonText.WriteByte(json, (byte)'"');
    }
}
