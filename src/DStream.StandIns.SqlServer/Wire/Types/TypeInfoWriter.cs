using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using static DStream.StandIns.SqlServer.Types.SqlKind;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>Writes TYPE_INFO (MS-TDS 2.2.5.6), for columns and for return values.</summary>
internal static class TypeInfoWriter
{
    public static void Write(ByteBuffer output, SqlType type, bool nullable)
    {
        switch (type.Kind)
        {
            case Bit: Fixed(output, nullable, TypeToken.Bit, TypeToken.BitN, 1); break;
            case TinyInt: Fixed(output, nullable, TypeToken.Int1, TypeToken.IntN, 1); break;
            case SmallInt: Fixed(output, nullable, TypeToken.Int2, TypeToken.IntN, 2); break;
            case Int: Fixed(output, nullable, TypeToken.Int4, TypeToken.IntN, 4); break;
            case BigInt: Fixed(output, nullable, TypeToken.Int8, TypeToken.IntN, 8); break;
            case SmallMoney: Fixed(output, nullable, TypeToken.SmallMoney, TypeToken.MoneyN, 4); break;
            case Money: Fixed(output, nullable, TypeToken.Money, TypeToken.MoneyN, 8); break;
            case Real: Fixed(output, nullable, TypeToken.Real, TypeToken.FloatN, 4); break;
            case Float: Fixed(output, nullable, TypeToken.Float, TypeToken.FloatN, 8); break;
            case SmallDateTime: Fixed(output, nullable, TypeToken.SmallDateTime, TypeToken.DateTimeN, 4); break;
            case SqlKind.DateTime: Fixed(output, nullable, TypeToken.DateTime, TypeToken.DateTimeN, 8); break;
            case SqlKind.Decimal: Decimal(output, TypeToken.DecimalN, type); break;
            case Numeric: Decimal(output, TypeToken.NumericN, type); break;
            case UniqueIdentifier: output.Byte(TypeToken.Guid); output.Byte(16); break;
            case Date: output.Byte(TypeToken.DateN); break;
            case Time: output.Byte(TypeToken.TimeN); output.Byte(type.Scale); break;
            case DateTime2: output.Byte(TypeToken.DateTime2N); output.Byte(type.Scale); break;
            case SqlKind.DateTimeOffset: output.Byte(TypeToken.DateTimeOffsetN); output.Byte(type.Scale); break;
            default: WriteVariable(output, type); break;
        }
    }

    private static void WriteVariable(ByteBuffer output, SqlType type)
    {
        switch (type.Kind)
        {
            case SqlKind.Char: Sized(output, TypeToken.Char, type.MaxLength, true); break;
            case VarChar: Sized(output, TypeToken.VarChar, type.MaxLength, true); break;
            case NChar: Sized(output, TypeToken.NChar, type.MaxLength, true); break;
            case NVarChar: Sized(output, TypeToken.NVarChar, type.MaxLength, true); break;
            case Binary: Sized(output, TypeToken.Binary, type.MaxLength, false); break;
            case VarBinary: Sized(output, TypeToken.VarBinary, type.MaxLength, false); break;
            case RowVersion: Sized(output, TypeToken.Binary, 8, false); break;
            case Text: LongText(output, TypeToken.Text, int.MaxValue, true); break;
            case NText: LongText(output, TypeToken.NText, int.MaxValue - 1, true); break;
            case Image: LongText(output, TypeToken.Image, int.MaxValue, false); break;
            case Xml: output.Byte(TypeToken.Xml); output.Byte(0); break;
            case Json: output.Byte(TypeToken.Json); break;
            case SqlVariant: output.Byte(TypeToken.SqlVariant); output.UInt32(8009); break;
            case SqlKind.Vector: Vector(output, type); break;
            case HierarchyId or Geometry or Geography: Udt(output, type.Kind); break;
            default: throw new InvalidOperationException($"The wire has no form for the type {type.Kind}.");
        }
    }

    private static void Fixed(ByteBuffer output, bool nullable, byte token, byte nullableToken, byte length)
    {
        // A NOT NULL column in its nullable form makes SqlClient lose its place in the row.
        if (!nullable)
        {
            output.Byte(token);
            return;
        }
        output.Byte(nullableToken);
        output.Byte(length);
    }

    private static void Decimal(ByteBuffer output, byte token, SqlType type)
    {
        output.Byte(token);
        // The length of the largest one: SqlBulkCopy announces its rows with it, and always writes 17 bytes.
        output.Byte(DecimalBytes.Maximum);
        output.Byte(type.Precision);
        output.Byte(type.Scale);
    }

    private static void Sized(ByteBuffer output, byte token, int maxLength, bool character)
    {
        output.Byte(token);
        output.UInt16(maxLength < 0 ? TypeToken.MaxLength : checked((ushort)maxLength));
        if (character) output.Bytes(Collation.Default);
    }

    private static void LongText(ByteBuffer output, byte token, int maxLength, bool character)
    {
        output.Byte(token);
        output.Int32(maxLength);
        if (character) output.Bytes(Collation.Default);
    }

    private static void Vector(ByteBuffer output, SqlType type)
    {
        output.Byte(TypeToken.Vector);
        output.UInt16(checked((ushort)type.MaxLength));
        output.Byte(0);
    }

    private static void Udt(ByteBuffer output, SqlKind kind)
    {
        output.Byte(TypeToken.Udt);
        output.UInt16(UdtInfo.MaxBytes(kind));
        output.ByteString("master");
        output.ByteString("sys");
        output.ByteString(UdtInfo.Name(kind));
        output.ShortString(UdtInfo.AssemblyQualifiedName(kind));
    }
}
