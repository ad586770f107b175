using System.Text;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>Reads the TYPE_INFO of a parameter.</summary>
internal static class TypeInfoReader
{
    public static WireType Read(ref ByteReader reader)
    {
        var token = reader.Byte();
        return token switch
        {
            TypeToken.TableValued => throw RequestRefusedException.Because("table-valued parameters are not supported; pass the rows as JSON to OPENJSON, or load them with SqlBulkCopy"),
            TypeToken.IntN or TypeToken.BitN or TypeToken.FloatN or TypeToken.MoneyN or TypeToken.DateTimeN =>
                new WireType(NullableOf(token, reader.Byte()), LengthForm.OneByte),
            TypeToken.DecimalN or TypeToken.NumericN => ReadDecimal(ref reader),
            TypeToken.Guid => new WireType(new SqlType(Skip(ref reader, SqlKind.UniqueIdentifier)), LengthForm.OneByte),
            TypeToken.DateN => new WireType(new SqlType(SqlKind.Date), LengthForm.OneByte),
            TypeToken.TimeN => new WireType(new SqlType(SqlKind.Time, Scale: reader.Byte()), LengthForm.OneByte),
            TypeToken.DateTime2N => new WireType(new SqlType(SqlKind.DateTime2, Scale: reader.Byte()), LengthForm.OneByte),
            TypeToken.DateTimeOffsetN => new WireType(new SqlType(SqlKind.DateTimeOffset, Scale: reader.Byte()), LengthForm.OneByte),
            TypeToken.SqlVariant => ReadVariantInfo(ref reader),
            TypeToken.Json => new WireType(new SqlType(SqlKind.Json, -1), LengthForm.Chunked, Encoding: Encoding.UTF8),
            TypeToken.Vector => ReadVector(ref reader),
            TypeToken.Udt => ReadUdt(ref reader),
            TypeToken.Xml => ReadXml(ref reader),
            _ => FixedOf(token) is { } kind
                ? new WireType(new SqlType(kind), LengthForm.None, ValueWriter.FixedBytes(new SqlType(kind)))
                : ReadSized(ref reader, token),
        };
    }

    /// <summary>The base type of a sql_variant, from its properties.</summary>
    public static WireType ReadVariant(byte token, ref ByteReader properties, int bytes)
    {
        if (FixedOf(token) is { } kind) return new WireType(new SqlType(kind), LengthForm.None);
        switch (token)
        {
            case TypeToken.Guid: return new WireType(new SqlType(SqlKind.UniqueIdentifier), LengthForm.None);
            case TypeToken.DateN: return new WireType(new SqlType(SqlKind.Date), LengthForm.None);
            case TypeToken.TimeN: return new WireType(new SqlType(SqlKind.Time, Scale: properties.Byte()), LengthForm.None);
            case TypeToken.DateTime2N: return new WireType(new SqlType(SqlKind.DateTime2, Scale: properties.Byte()), LengthForm.None);
            case TypeToken.DateTimeOffsetN: return new WireType(new SqlType(SqlKind.DateTimeOffset, Scale: properties.Byte()), LengthForm.None);
            case TypeToken.DecimalN or TypeToken.NumericN:
                var precision = properties.Byte();
                return new WireType(new SqlType(DecimalKind(token), 0, precision, properties.Byte()), LengthForm.None);
        }
        var sized = SizedKind(token);
        var encoding = IsCharacter(sized) ? Collation.Read(ref properties) : null;
        int maxLength = properties.UInt16();
        return new WireType(new SqlType(sized, maxLength > 0 ? maxLength : Math.Max(1, bytes)), LengthForm.None, Encoding: EncodingOf(sized, encoding));
    }

    /// <summary>SqlClient sends NUMERICN and declares decimal; to the server the two are one.</summary>
    private static WireType ReadDecimal(ref ByteReader reader)
    {
        reader.Byte();
        var precision = reader.Byte();
        return new WireType(new SqlType(SqlKind.Decimal, 0, precision, reader.Byte()), LengthForm.OneByte);
    }

    private static WireType ReadVariantInfo(ref ByteReader reader)
    {
        reader.Int32();
        return new WireType(new SqlType(SqlKind.SqlVariant, 8016), LengthForm.Variant);
    }

    private static WireType ReadVector(ref ByteReader reader)
    {
        int maxLength = reader.UInt16();
        if (reader.Byte() != 0) throw RequestRefusedException.Because("vectors of other elements than 32-bit floats are not supported");
        return new WireType(new SqlType(SqlKind.Vector, maxLength), LengthForm.Vector);
    }

    private static WireType ReadUdt(ref ByteReader reader)
    {
        reader.ByteString();
        reader.ByteString();
        var name = reader.ByteString();
        var kind = UdtInfo.Kind(name) ?? throw RequestRefusedException.Because($"the user-defined CLR type '{name}' is not supported");
        return new WireType(new SqlType(kind, kind == SqlKind.HierarchyId ? 892 : -1), LengthForm.Chunked);
    }

    private static WireType ReadXml(ref ByteReader reader)
    {
        if (reader.Byte() != 0)
        {
            reader.ByteString();
            reader.ByteString();
            reader.Utf16(reader.UInt16() * 2);
        }
        return new WireType(new SqlType(SqlKind.Xml, -1), LengthForm.Chunked, Encoding: Encoding.Unicode);
    }

    private static WireType ReadSized(ref ByteReader reader, byte token)
    {
        var kind = SizedKind(token);
        var form = token switch
        {
            TypeToken.ShortBinary or TypeToken.ShortChar or TypeToken.ShortVarBinary or TypeToken.ShortVarChar => LengthForm.OneByte,
            TypeToken.Text or TypeToken.NText or TypeToken.Image => LengthForm.FourBytes,
            _ => LengthForm.TwoBytes,
        };
        var maxLength = form switch { LengthForm.OneByte => reader.Byte(), LengthForm.FourBytes => reader.Int32(), _ => reader.UInt16() };
        if (form == LengthForm.TwoBytes && maxLength == TypeToken.MaxLength) (form, maxLength) = (LengthForm.Chunked, -1);
        var collation = IsCharacter(kind) && token is not (TypeToken.ShortChar or TypeToken.ShortVarChar) ? Collation.Read(ref reader) : null;
        return new WireType(new SqlType(kind, form == LengthForm.FourBytes ? 16 : maxLength), form, Encoding: EncodingOf(kind, collation));
    }

    private static SqlKind Skip(ref ByteReader reader, SqlKind kind)
    {
        reader.Byte();
        return kind;
    }

    private static SqlKind DecimalKind(byte token) => token == TypeToken.DecimalN ? SqlKind.Decimal : SqlKind.Numeric;

    private static bool IsCharacter(SqlKind kind) =>
        kind is SqlKind.Char or SqlKind.VarChar or SqlKind.NChar or SqlKind.NVarChar or SqlKind.Text or SqlKind.NText;

    private static Encoding? EncodingOf(SqlKind kind, Encoding? collation) => kind switch
    {
        SqlKind.NChar or SqlKind.NVarChar or SqlKind.NText => Encoding.Unicode,
        SqlKind.Char or SqlKind.VarChar or SqlKind.Text => collation ?? Collation.CodePage,
        _ => null,
    };

    private static SqlType NullableOf(byte token, byte length) => new((token, length) switch
    {
        (TypeToken.BitN, _) => SqlKind.Bit,
        (TypeToken.IntN, 1) => SqlKind.TinyInt,
        (TypeToken.IntN, 2) => SqlKind.SmallInt,
        (TypeToken.IntN, 4) => SqlKind.Int,
        (TypeToken.IntN, 8) => SqlKind.BigInt,
        (TypeToken.FloatN, 4) => SqlKind.Real,
        (TypeToken.FloatN, 8) => SqlKind.Float,
        (TypeToken.MoneyN, 4) => SqlKind.SmallMoney,
        (TypeToken.MoneyN, 8) => SqlKind.Money,
        (TypeToken.DateTimeN, 4) => SqlKind.SmallDateTime,
        (TypeToken.DateTimeN, 8) => SqlKind.DateTime,
        _ => throw new ProtocolException($"The type 0x{token:X2} with the length {length}."),
    });

    private static SqlKind? FixedOf(byte token) => token switch
    {
        TypeToken.Bit => SqlKind.Bit,
        TypeToken.Int1 => SqlKind.TinyInt,
        TypeToken.Int2 => SqlKind.SmallInt,
        TypeToken.Int4 => SqlKind.Int,
        TypeToken.Int8 => SqlKind.BigInt,
        TypeToken.Real => SqlKind.Real,
        TypeToken.Float => SqlKind.Float,
        TypeToken.SmallMoney => SqlKind.SmallMoney,
        TypeToken.Money => SqlKind.Money,
        TypeToken.SmallDateTime => SqlKind.SmallDateTime,
        TypeToken.DateTime => SqlKind.DateTime,
        _ => null,
    };

    private static SqlKind SizedKind(byte token) => token switch
    {
        TypeToken.Char or TypeToken.ShortChar => SqlKind.Char,
        TypeToken.VarChar or TypeToken.ShortVarChar => SqlKind.VarChar,
        TypeToken.NChar => SqlKind.NChar,
        TypeToken.NVarChar => SqlKind.NVarChar,
        TypeToken.Binary or TypeToken.ShortBinary => SqlKind.Binary,
        TypeToken.VarBinary or TypeToken.ShortVarBinary => SqlKind.VarBinary,
        TypeToken.Text => SqlKind.Text,
        TypeToken.NText => SqlKind.NText,
        TypeToken.Image => SqlKind.Image,
        _ => throw new ProtocolException($"The data type 0x{token:X2} is not known."),
    };
}
