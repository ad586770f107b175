using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using static DStream.StandIns.SqlServer.Types.SqlKind;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>sql_variant (MS-TDS 2.2.5.5.4): length, base type, the base type's properties, the value without a length of its own.</summary>
internal static class VariantBytes
{
    public static void Write(ByteBuffer output, SqlVariantValue variant)
    {
        var position = output.Length;
        output.UInt32(0);
        // A decimal in a sql_variant always has 17 bytes, whatever its precision.
        var type = variant.Type.Kind is SqlKind.Decimal or Numeric ? Widened(variant.Type, (SqlDecimal)variant.Value) : variant.Type;
        output.Byte(Token(type.Kind));
        WriteProperties(output, type);
        switch (type.Kind)
        {
            case SqlKind.Char or VarChar: output.Bytes(Collation.CodePage.GetBytes((string)variant.Value)); break;
            case NChar or NVarChar: output.Utf16((string)variant.Value); break;
            case Binary or VarBinary or RowVersion: output.Bytes((byte[])variant.Value); break;
            case SqlKind.Decimal or Numeric: ValueWriter.WriteFixed(output, type with { Precision = 38 }, variant.Value); break;
            default: ValueWriter.WriteFixed(output, type, variant.Value); break;
        }
        output.PatchUInt32(position);
    }

    public static SqlVariantValue? Read(ref ByteReader reader)
    {
        var length = reader.Int32();
        if (length == 0) return null;
        var body = new ByteReader(reader.Bytes(length));
        var token = body.Byte();
        var properties = new ByteReader(body.Bytes(body.Byte()));
        var type = TypeInfoReader.ReadVariant(token, ref properties, body.Remaining);
        return ValueReader.ReadBody(ref body, type, body.Remaining) is { } value ? new SqlVariantValue(type.Type, value) : null;
    }

    private static SqlType Widened(SqlType type, SqlDecimal value) => type.Precision > 0 ? type : type with { Precision = value.Precision, Scale = value.Scale };

    private static void WriteProperties(ByteBuffer output, SqlType type)
    {
        switch (type.Kind)
        {
            case SqlKind.Char or VarChar or NChar or NVarChar:
                output.Byte(7);
                output.Bytes(Collation.Default);
                output.UInt16((ushort)MaxBytes(type, 8000));
                break;
            case Binary or VarBinary or RowVersion:
                output.Byte(2);
                output.UInt16((ushort)MaxBytes(type, 8000));
                break;
            case SqlKind.Decimal or Numeric:
                output.Byte(2);
                output.Byte(type.Precision);
                output.Byte(type.Scale);
                break;
            case Time or DateTime2 or SqlKind.DateTimeOffset:
                output.Byte(1);
                output.Byte(type.Scale);
                break;
            default:
                output.Byte(0);
                break;
        }
    }

    private static int MaxBytes(SqlType type, int otherwise) => type.MaxLength > 0 ? type.MaxLength : otherwise;

    private static byte Token(SqlKind kind) => kind switch
    {
        Bit => TypeToken.Bit,
        TinyInt => TypeToken.Int1,
        SmallInt => TypeToken.Int2,
        Int => TypeToken.Int4,
        BigInt => TypeToken.Int8,
        Real => TypeToken.Real,
        Float => TypeToken.Float,
        SmallMoney => TypeToken.SmallMoney,
        Money => TypeToken.Money,
        SqlKind.Decimal => TypeToken.DecimalN,
        Numeric => TypeToken.NumericN,
        SmallDateTime => TypeToken.SmallDateTime,
        SqlKind.DateTime => TypeToken.DateTime,
        Date => TypeToken.DateN,
        Time => TypeToken.TimeN,
        DateTime2 => TypeToken.DateTime2N,
        SqlKind.DateTimeOffset => TypeToken.DateTimeOffsetN,
        UniqueIdentifier => TypeToken.Guid,
        SqlKind.Char => TypeToken.Char,
        VarChar => TypeToken.VarChar,
        NChar => TypeToken.NChar,
        NVarChar => TypeToken.NVarChar,
        Binary or RowVersion => TypeToken.Binary,
        VarBinary => TypeToken.VarBinary,
        _ => throw new InvalidOperationException($"A sql_variant cannot hold a value of the type {kind}."),
    };
}
