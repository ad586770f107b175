using System.Data.Common;
using DStream.SqlServer.Json;

namespace DStream.SqlServer.ColumnWriters;

/// <summary>Chooses the writer of a column by the type that the server sends; docs/messages.md has the table of types.</summary>
internal static class ColumnWriterFactory
{
    // System.Decimal holds every number of 28 digits, and not every one of 29.
    private const int DecimalDigits = 28;

    /// <param name="column">As the result set describes it.</param>
    /// <param name="quoted">Whether numbers and booleans are strings.</param>
    public static ColumnWriter Create(DbColumn column, bool quoted)
    {
        var isMax = IsMax(column);
        var scale = column.NumericScale ?? 7;
        return column.DataTypeName switch
        {
            "bit" => new BitColumnWriter(quoted),
            "tinyint" => new FormattedColumnWriter<byte>(static (r, i) => r.GetByte(i), quoted),
            "smallint" => new FormattedColumnWriter<short>(static (r, i) => r.GetInt16(i), quoted),
            "int" => new FormattedColumnWriter<int>(static (r, i) => r.GetInt32(i), quoted),
            "bigint" => new FormattedColumnWriter<long>(static (r, i) => r.GetInt64(i), quoted),
            "decimal" or "numeric" when column.NumericPrecision is > DecimalDigits => new WideDecimalColumnWriter(quoted),
            "decimal" or "numeric" or "money" or "smallmoney" => new FormattedColumnWriter<decimal>(static (r, i) => r.GetDecimal(i), quoted),
            "real" => new FormattedColumnWriter<float>(static (r, i) => r.GetFloat(i), quoted),
            "float" => new FormattedColumnWriter<double>(static (r, i) => r.GetDouble(i), quoted),
            "uniqueidentifier" => new FormattedColumnWriter<Guid>(static (r, i) => r.GetGuid(i), quoted: true),
            "varchar" or "nvarchar" when isMax => new LargeTextColumnWriter(partlyPrefixed: true),
            "text" or "ntext" => new LargeTextColumnWriter(partlyPrefixed: false),
            "char" or "varchar" or "nchar" or "nvarchar" or "xml" or "json" => new TextColumnWriter(),
            "binary" or "varbinary" or "timestamp" or "rowversion" when !isMax => new BinaryColumnWriter(Math.Max(8, column.ColumnSize ?? 8000)),
            "binary" or "varbinary" or "image" => new BinaryColumnWriter(BinaryColumnWriter.LargePart),
            "sql_variant" => new VariantColumnWriter(quoted),
            "vector" => new VectorColumnWriter(quoted),
            _ when column.UdtAssemblyQualifiedName is not null || column.DataType is null => new UdtColumnWriter(),
            _ => CreateTemporal(column, scale),
        };
    }

    /// <summary>Whether the type is a (max) one; the client gives their size as the largest there is.</summary>
    public static bool IsMax(DbColumn column) => column.ColumnSize is null or -1 or >= int.MaxValue / 2;

    private static ColumnWriter CreateTemporal(DbColumn column, int scale) => column.DataTypeName switch
    {
        "date" => new TemporalColumnWriter<DateTime>(static (r, i) => r.GetDateTime(i), static (json, value, _) => JsonTime.WriteDate(json, value), 0),
        "time" => new TemporalColumnWriter<TimeSpan>(static (r, i) => r.GetTimeSpan(i), JsonTime.WriteTime, scale),
        "smalldatetime" => new TemporalColumnWriter<DateTime>(static (r, i) => r.GetDateTime(i), JsonTime.WriteDateTime, 0),
        "datetime" => new TemporalColumnWriter<DateTime>(static (r, i) => r.GetDateTime(i), JsonTime.WriteDateTime, 3),
        "datetime2" => new TemporalColumnWriter<DateTime>(static (r, i) => r.GetDateTime(i), JsonTime.WriteDateTime, scale),
        "datetimeoffset" => new TemporalColumnWriter<DateTimeOffset>(static (r, i) => r.GetDateTimeOffset(i), JsonTime.WriteDateTimeOffset, scale),
        _ => throw new NotSupportedException($"Column {column.ColumnName} has type {column.DataTypeName}, which has no JSON form yet."),
    };
}
