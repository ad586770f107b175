using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using static DStream.StandIns.SqlServer.Types.SqlKind;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>Writes one value as a row or a return value carries it, after the type that <see cref="TypeInfoWriter"/> announced.</summary>
internal static class ValueWriter
{
    public static void Write(ByteBuffer output, SqlType type, bool nullable, object? value)
    {
        if (value is null or DBNull)
        {
            if (!nullable) throw new InvalidOperationException($"NULL in a {type.Kind} column that is announced as NOT NULL.");
            WriteNull(output, type);
            return;
        }
        if (FixedBytes(type) is var bytes and > 0)
        {
            if (nullable || HasLengthAlways(type.Kind)) output.Byte((byte)bytes);
            WriteFixed(output, type, value);
            return;
        }
        WriteVariable(output, type, value);
    }

    /// <summary>The value without its length: also the body of a sql_variant.</summary>
    public static void WriteFixed(ByteBuffer output, SqlType type, object value)
    {
        switch (type.Kind)
        {
            case Bit: output.Byte((bool)value ? (byte)1 : (byte)0); break;
            case TinyInt: output.Byte((byte)value); break;
            case SmallInt: output.Int16((short)value); break;
            case Int: output.Int32((int)value); break;
            case BigInt: output.Int64((long)value); break;
            case Real: output.Int32(BitConverter.SingleToInt32Bits((float)value)); break;
            case Float: output.Int64(BitConverter.DoubleToInt64Bits((double)value)); break;
            case SmallMoney: output.Int32(checked((int)MoneyUnits((decimal)value))); break;
            case Money: WriteMoney(output, MoneyUnits((decimal)value)); break;
            case SqlKind.Decimal or Numeric: WriteDecimal(output, type, (SqlDecimal)value); break;
            case UniqueIdentifier: ((Guid)value).TryWriteBytes(output.Take(16)); break;
            case SmallDateTime: TemporalBytes.SmallDateTime(output, (DateTime)value); break;
            case SqlKind.DateTime: TemporalBytes.DateTime(output, (DateTime)value); break;
            case Date: TemporalBytes.Date(output, (DateOnly)value); break;
            case Time: TemporalBytes.Time(output, (TimeOnly)value, type.Scale); break;
            case DateTime2: TemporalBytes.DateTime2(output, (DateTime)value, type.Scale); break;
            case SqlKind.DateTimeOffset: TemporalBytes.DateTimeOffset(output, (DateTimeOffset)value, type.Scale); break;
            default: throw new InvalidOperationException($"{type.Kind} has no fixed length.");
        }
    }

    /// <summary>Bytes of a value of a type whose values all have the same length; 0 for the others.</summary>
    public static int FixedBytes(SqlType type) => type.Kind switch
    {
        Bit or TinyInt => 1,
        SmallInt => 2,
        Int or Real or SmallMoney or SmallDateTime => 4,
        BigInt or Float or Money or SqlKind.DateTime => 8,
        SqlKind.Decimal or Numeric => DecimalBytes.Of(type.Precision),
        UniqueIdentifier => 16,
        Date => 3,
        Time => TemporalBytes.TimeBytes(type.Scale),
        DateTime2 => TemporalBytes.TimeBytes(type.Scale) + 3,
        SqlKind.DateTimeOffset => TemporalBytes.TimeBytes(type.Scale) + 5,
        _ => 0,
    };

    private static bool HasLengthAlways(SqlKind kind) =>
        kind is SqlKind.Decimal or Numeric or UniqueIdentifier or Date or Time or DateTime2 or SqlKind.DateTimeOffset;

    private static void WriteNull(ByteBuffer output, SqlType type)
    {
        if (FixedBytes(type) > 0 || type.Kind is Text or NText or Image) output.Byte(0);
        else if (type.Kind == SqlVariant) output.UInt32(0);
        else if (PartlyLengthPrefixed.Is(type)) output.UInt64(PartlyLengthPrefixed.Null);
        else output.UInt16(0xFFFF);
    }

    private static void WriteVariable(ByteBuffer output, SqlType type, object value)
    {
        switch (type.Kind)
        {
            case SqlKind.Char or VarChar or Text: CharacterBytes.CodePage(output, type, (string)value); break;
            case NChar or NVarChar or NText or Xml: CharacterBytes.Utf16(output, type, (string)value); break;
            case Json: CharacterBytes.Utf8(output, (string)value); break;
            case SqlVariant: VariantBytes.Write(output, (SqlVariantValue)value); break;
            case Vector: VectorBytes.Write(output, (float[])value); break;
            default: BinaryBytes.Write(output, type, (byte[])value); break;
        }
    }

    private static long MoneyUnits(decimal value) => checked((long)decimal.Round(value * 10_000m, MidpointRounding.AwayFromZero));

    private static void WriteMoney(ByteBuffer output, long units)
    {
        output.Int32((int)(units >> 32));
        output.UInt32((uint)units);
    }

    private static void WriteDecimal(ByteBuffer output, SqlType type, SqlDecimal value)
    {
        if (value.Scale != type.Scale) value = SqlDecimal.AdjustScale(value, type.Scale - value.Scale, fRound: true);
        Span<uint> magnitude = stackalloc uint[4];
        magnitude.Clear();
        value.WriteTdsValue(magnitude);
        output.Byte(value.IsPositive ? (byte)1 : (byte)0);
        var words = (DecimalBytes.Of(type.Precision) - 1) / 4;
        for (var i = words; i < 4; i++)
            if (magnitude[i] != 0) throw new OverflowException($"{value} does not fit into {type.Kind}({type.Precision},{type.Scale}).");
        for (var i = 0; i < words; i++) output.UInt32(magnitude[i]);
    }
}
