using System.Data.SqlTypes;
using System.Globalization;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>CAST and CONVERT: from a value of one declared type to another. Character and binary targets truncate in silence, as CAST does.</summary>
internal static class Conversion
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static object? To(object? value, SqlType from, SqlType to, int style = -1)
    {
        if (value is null || (from == to && from.Kind != SqlKind.SqlVariant))
        {
            return value;
        }
        if (from.Kind == SqlKind.SqlVariant && to.Kind != SqlKind.SqlVariant)
        {
            var variant = (SqlVariantValue)value;
            return To(variant.Value, variant.Type, to, style);
        }
        return to.Kind switch
        {
            SqlKind.Bit => ToBit(value, from),
            SqlKind.TinyInt => Narrow(ToInteger(value, from, to), byte.MinValue, byte.MaxValue, from, to, static v => (byte)v),
            SqlKind.SmallInt => Narrow(ToInteger(value, from, to), short.MinValue, short.MaxValue, from, to, static v => (short)v),
            SqlKind.Int => Narrow(ToInteger(value, from, to), int.MinValue, int.MaxValue, from, to, static v => (int)v),
            SqlKind.BigInt => ToInteger(value, from, to),
            SqlKind.Decimal or SqlKind.Numeric => ToDecimal(value, from, to),
            SqlKind.Money or SqlKind.SmallMoney => ToMoney(value, from, to),
            SqlKind.Real => (float)ToDouble(value, from, to),
            SqlKind.Float => ToDouble(value, from, to),
            SqlKind.UniqueIdentifier => ToGuid(value, from),
            SqlKind.SqlVariant => value is SqlVariantValue ? value : new SqlVariantValue(from, value),
            SqlKind.Vector => ToVector(value, from),
            _ when SqlTypes.IsTemporal(to.Kind) => TemporalConversion.To(value, from, to, style),
            _ when SqlTypes.IsCharacter(to.Kind) => FitCharacters(ToText(value, from, style), to),
            _ => ToBinary(value, from, to, style),
        };
    }

    public static string ToText(object value, SqlType from, int style = -1) => value switch
    {
        string text => text,
        bool bit => bit ? "1" : "0",
        byte[] bytes when style is 1 => "0x" + Convert.ToHexString(bytes),
        byte[] bytes when style is 2 => Convert.ToHexString(bytes),
        byte[] bytes => System.Text.Encoding.Latin1.GetString(bytes),
        Guid guid => guid.ToString().ToUpperInvariant(),
        SqlDecimal number => number.ToString(),
        decimal money => money.ToString(style is 2 or 126 ? "0.0000" : "0.00", Invariant),
        float number => number.ToString("0.######e+000", Invariant) is var e && MathF.Abs(number) is 0 or (>= 1e-4f and < 1e6f)
            ? ((double)number).ToString("G6", Invariant) : e,
        double number => Math.Abs(number) is 0 or (>= 1e-4 and < 1e6) ? number.ToString("G6", Invariant) : number.ToString("0.#####e+000", Invariant),
        SqlVariantValue variant => ToText(variant.Value, variant.Type, style),
        float[] vector => "[" + string.Join(',', vector.Select(v => v.ToString("e7", Invariant))) + "]",
        IFormattable integer when SqlTypes.IsInteger(from.Kind) => integer.ToString(null, Invariant),
        _ => TemporalConversion.ToText(value, from, style),
    };

    /// <summary>Cuts to the declared length and pads char and nchar.</summary>
    public static string FitCharacters(string text, SqlType to)
    {
        var length = SqlTypes.Characters(to);
        if (text.Length > length)
        {
            return text[..length];
        }
        return to.Kind is SqlKind.Char or SqlKind.NChar ? text.PadRight(length) : text;
    }

    public static byte[] FitBinary(byte[] bytes, SqlType to)
    {
        var length = to.Kind == SqlKind.RowVersion ? 8 : to.MaxLength;
        if (length <= 0 || to.Kind is SqlKind.Image or SqlKind.HierarchyId)
        {
            return bytes;
        }
        if (bytes.Length > length)
        {
            return bytes[..length];
        }
        if (to.Kind is SqlKind.Binary or SqlKind.RowVersion && bytes.Length < length)
        {
            Array.Resize(ref bytes, length);
        }
        return bytes;
    }

    private static object Narrow(long value, long low, long high, SqlType from, SqlType to, Func<long, object> make)
    {
        if (value < low || value > high)
        {
            throw from.Kind is SqlKind.Int or SqlKind.SmallInt ? Errors.Overflow(TypeNames.Name(to.Kind), value) : Errors.Overflow(TypeNames.Name(to.Kind));
        }
        return make(value);
    }

    private static bool ToBit(object value, SqlType from)
    {
        if (value is string text)
        {
            return text.Trim().ToUpperInvariant() switch
            {
                "TRUE" => true,
                "FALSE" => false,
                _ when double.TryParse(text, NumberStyles.Float, Invariant, out var number) => number != 0,
                _ => throw Errors.Conversion(TypeNames.Name(from.Kind), text, "bit"),
            };
        }
        return value is byte[] bytes ? bytes.AsSpan().IndexOfAnyExcept((byte)0) >= 0 : ToDouble(value, from, SqlTypes.Bit) != 0;
    }

    private static long ToInteger(object value, SqlType from, SqlType to)
    {
        switch (value)
        {
            case bool bit: return bit ? 1 : 0;
            case byte number: return number;
            case short number: return number;
            case int number: return number;
            case long number: return number;
            case SqlDecimal number: return WholePart(number, to);
            case decimal money: return (long)Math.Round(money, MidpointRounding.AwayFromZero);
            case float or double:
                var real = Math.Truncate(Convert.ToDouble(value, Invariant));
                return real is >= long.MinValue and < 9.2233720368547758E18 ? (long)real : throw Errors.Overflow(TypeNames.Name(to.Kind));
            case string text:
                var digits = text.Trim();
                if (digits.Length == 0)
                {
                    return 0;
                }
                return long.TryParse(digits, NumberStyles.AllowLeadingSign, Invariant, out var parsed)
                    ? parsed
                    : throw (to.Kind == SqlKind.BigInt
                        ? Errors.NumericConversion(TypeNames.Name(from.Kind), "bigint")
                        : Errors.Conversion(TypeNames.Name(from.Kind), text, TypeNames.Name(to.Kind)));
            case byte[] bytes: return FromBigEndian(bytes, to);
            case DateTime date: return (long)Math.Round((date - TemporalConversion.Epoch).TotalDays);
            default: throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind));
        }
    }

    private static long WholePart(SqlDecimal number, SqlType to)
    {
        var whole = SqlDecimal.Truncate(number, 0);
        try
        {
            return whole.ToSqlInt64().Value;
        }
        catch (OverflowException)
        {
            throw Errors.Overflow(TypeNames.Name(to.Kind));
        }
    }

    private static long FromBigEndian(byte[] bytes, SqlType to)
    {
        var width = to.Kind switch { SqlKind.TinyInt => 1, SqlKind.SmallInt => 2, SqlKind.Int => 4, _ => 8 };
        ulong result = 0;
        foreach (var b in bytes.AsSpan(Math.Max(0, bytes.Length - width)))
        {
            result = (result << 8) | b;
        }
        return width switch { 4 => (int)result, 2 => (short)result, _ => (long)result };
    }

    private static SqlDecimal ToDecimal(object value, SqlType from, SqlType to)
    {
        try
        {
            var number = value switch
            {
                SqlDecimal d => d,
                decimal money => new SqlDecimal(money),
                float or double => new SqlDecimal(Convert.ToDecimal(Convert.ToDouble(value, Invariant))),
                string text when text.Contains('e', StringComparison.OrdinalIgnoreCase) => new SqlDecimal(decimal.Parse(text, NumberStyles.Float, Invariant)),
                string text => SqlDecimal.Parse(text.Trim()),
                _ => new SqlDecimal(ToInteger(value, from, SqlTypes.BigInt)),
            };
            return SqlDecimal.ConvertToPrecScale(number, to.Precision, to.Scale);
        }
        catch (FormatException)
        {
            throw Errors.NumericConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind));
        }
        catch (Exception overflow) when (overflow is OverflowException or SqlTypeException)
        {
            throw Errors.Overflow(TypeNames.Name(to.Kind));
        }
    }

    private static decimal ToMoney(object value, SqlType from, SqlType to)
    {
        try
        {
            var number = value switch
            {
                decimal money => money,
                SqlDecimal d => SqlDecimal.ConvertToPrecScale(d, 28, 4).Value,
                float or double => Convert.ToDecimal(Convert.ToDouble(value, Invariant)),
                string text => decimal.Parse(text.Trim().TrimStart('$'), NumberStyles.Number, Invariant),
                byte[] bytes => FromBigEndian(bytes, SqlTypes.BigInt) / 10000m,
                _ => ToInteger(value, from, SqlTypes.BigInt),
            };
            number = Math.Round(number, 4, MidpointRounding.AwayFromZero);
            var limit = to.Kind == SqlKind.Money ? 922337203685477.5807m : 214748.3647m;
            return number <= limit && number >= -limit - 0.0001m ? number : throw Errors.Overflow(TypeNames.Name(to.Kind));
        }
        catch (FormatException)
        {
            throw Errors.Of(235, 16, "Cannot convert a char value to money. The char value has incorrect syntax.");
        }
        catch (Exception overflow) when (overflow is OverflowException or SqlTypeException)
        {
            throw Errors.Overflow(TypeNames.Name(to.Kind));
        }
    }

    private static double ToDouble(object value, SqlType from, SqlType to) => value switch
    {
        double number => number,
        float number => number,
        SqlDecimal number => number.ToDouble(),
        decimal money => (double)money,
        string text => text.Trim().Length == 0 ? 0 : double.TryParse(text, NumberStyles.Float, Invariant, out var parsed)
            ? parsed
            : throw Errors.NumericConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind)),
        DateTime date => (date - TemporalConversion.Epoch).TotalDays,
        _ => ToInteger(value, from, SqlTypes.BigInt),
    };

    private static Guid ToGuid(object value, SqlType from) => value switch
    {
        Guid guid => guid,
        string text => Guid.TryParse(text.Trim().Length > 36 && text[0] != '{' ? text.Trim()[..36] : text.Trim(), out var guid)
            ? guid
            : throw Errors.GuidConversion(),
        byte[] bytes => new Guid(FitBinary(bytes, new SqlType(SqlKind.Binary, 16))),
        _ => throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), "uniqueidentifier"),
    };

    private static float[] ToVector(object value, SqlType from) => value switch
    {
        float[] vector => vector,
        string text => text.Trim().Trim('[', ']').Split(',').Select(part => float.Parse(part, NumberStyles.Float, Invariant)).ToArray(),
        _ => throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), "vector"),
    };

    private static byte[] ToBinary(object value, SqlType from, SqlType to, int style)
    {
        var bytes = value switch
        {
            byte[] same => same,
            string hex when style is 1 or 2 => FromHex(hex, style),
            string text when SqlTypes.IsNational(from.Kind) => System.Text.Encoding.Unicode.GetBytes(text),
            string text => System.Text.Encoding.Latin1.GetBytes(text),
            Guid guid => guid.ToByteArray(),
            bool bit => [bit ? (byte)1 : (byte)0],
            byte number => [number],
            short number => Right(number, 2),
            int number => Right(number, 4),
            long number => Right(number, 8),
            decimal money => Right((long)(money * 10000), 8),
            double number => Right(BitConverter.DoubleToInt64Bits(number), 8),
            float number => Right(BitConverter.SingleToInt32Bits(number), 4),
            _ => throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind)),
        };
        if (to.MaxLength > 0 && bytes.Length < to.MaxLength && to.Kind == SqlKind.Binary && SqlTypes.IsNumeric(from.Kind))
        {
            // Numbers keep their low-order bytes on the right: CAST(1 AS binary(10)) is 0x0...01.
            var padded = new byte[to.MaxLength];
            bytes.CopyTo(padded, padded.Length - bytes.Length);
            return padded;
        }
        if (to.MaxLength > 0 && bytes.Length > to.MaxLength && SqlTypes.IsNumeric(from.Kind))
        {
            return bytes[^to.MaxLength..];
        }
        return FitBinary(bytes, to);
    }

    private static byte[] FromHex(string hex, int style)
    {
        try
        {
            return Convert.FromHexString(style == 1 && hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? hex[2..] : hex);
        }
        catch (FormatException)
        {
            throw Errors.NumericConversion("varchar", "varbinary");
        }
    }

    private static byte[] Right(long value, int bytes)
    {
        Span<byte> all = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(all, value);
        return all[(8 - bytes)..].ToArray();
    }
}
