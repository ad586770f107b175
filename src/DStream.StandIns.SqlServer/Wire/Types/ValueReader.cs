using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using static DStream.StandIns.SqlServer.Types.SqlKind;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>Reads the value of a parameter or a bulk-loaded column into the CLR type that <see cref="SqlType"/> names; null is NULL.</summary>
internal static class ValueReader
{
    public static object? Read(ref ByteReader reader, WireType type)
    {
        switch (type.Form)
        {
            case LengthForm.None:
                return ReadBody(ref reader, type, type.FixedBytes);
            case LengthForm.OneByte:
                var shortLength = reader.Byte();
                if (shortLength == 0 && type.Encoding is null && type.Type.Kind is not (Binary or VarBinary)) return null;
                return shortLength == 0xFF ? null : ReadBody(ref reader, type, shortLength);
            case LengthForm.TwoBytes:
                var length = reader.UInt16();
                return length == 0xFFFF ? null : ReadBody(ref reader, type, length);
            case LengthForm.FourBytes:
                var longLength = reader.Int32();
                return longLength < 0 ? null : ReadBody(ref reader, type, longLength);
            case LengthForm.TextPointer:
                var pointer = reader.Byte();
                if (pointer == 0) return null;
                reader.Bytes(pointer + 8);
                return ReadBody(ref reader, type, reader.Int32());
            case LengthForm.Variant:
                return VariantBytes.Read(ref reader);
            case LengthForm.Vector:
                return VectorBytes.Read(ref reader);
            default:
                return PartlyLengthPrefixed.Read(ref reader) is not { } bytes ? null
                    : type.Encoding is null ? bytes : Text(type, bytes);
        }
    }

    public static object? ReadBody(ref ByteReader reader, WireType type, int bytes)
    {
        switch (type.Type.Kind)
        {
            case Bit: return reader.Byte() != 0;
            case TinyInt: return reader.Byte();
            case SmallInt: return reader.Int16();
            case Int: return reader.Int32();
            case BigInt: return reader.Int64();
            case Real: return BitConverter.Int32BitsToSingle(reader.Int32());
            case Float: return BitConverter.Int64BitsToDouble(reader.Int64());
            case SmallMoney: return reader.Int32() / 10_000m;
            case Money: return ReadMoney(ref reader);
            case SqlKind.Decimal or Numeric: return ReadDecimal(ref reader, type.Type, bytes);
            case UniqueIdentifier: return new Guid(reader.Bytes(16));
            case SmallDateTime: return TemporalBytes.ReadSmallDateTime(ref reader);
            case SqlKind.DateTime: return TemporalBytes.ReadDateTime(ref reader);
            case Date: return TemporalBytes.ReadDate(ref reader);
            case Time: return TemporalBytes.ReadTime(ref reader, bytes, type.Type.Scale);
            case DateTime2: return TemporalBytes.ReadDateTime2(ref reader, bytes, type.Type.Scale);
            case SqlKind.DateTimeOffset: return TemporalBytes.ReadDateTimeOffset(ref reader, bytes, type.Type.Scale);
            default:
                var body = reader.Bytes(bytes);
                return type.Encoding is null ? Padded(type.Type, body) : Padded(type.Type, Text(type, body));
        }
    }

    // A client may leave the padding of the fixed types to the server, as tedious does.
    private static string Padded(SqlType type, string text) => type.Kind switch
    {
        SqlKind.Char => text.PadRight(type.MaxLength),
        NChar => text.PadRight(type.MaxLength / 2),
        _ => text,
    };

    private static byte[] Padded(SqlType type, ReadOnlySpan<byte> body)
    {
        if (type.Kind != Binary || body.Length >= type.MaxLength) return body.ToArray();
        var padded = new byte[type.MaxLength];
        body.CopyTo(padded);
        return padded;
    }

    private static string Text(WireType type, ReadOnlySpan<byte> bytes)
    {
        // SqlClient sends xml with a byte order mark where it comes from a reader.
        if (type.Type.Kind == Xml && bytes is [0xFF, 0xFE, ..]) bytes = bytes[2..];
        return type.Encoding!.GetString(bytes);
    }

    private static decimal ReadMoney(ref ByteReader reader)
    {
        var high = (long)reader.Int32();
        return (high << 32 | reader.UInt32()) / 10_000m;
    }

    private static SqlDecimal ReadDecimal(ref ByteReader reader, SqlType type, int bytes)
    {
        var positive = reader.Byte() != 0;
        var words = new int[4];
        for (var i = 0; i < (bytes - 1) / 4; i++) words[i] = reader.Int32();
        return new SqlDecimal(type.Precision, type.Scale, positive, words);
    }
}
