using System.Globalization;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>Dates and times: conversion, rounding to the type's resolution, and the text styles of CONVERT.</summary>
internal static class TemporalConversion
{
    public static readonly DateTime Epoch = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private static readonly CultureInfo Culture = CultureInfo.GetCultureInfo("en-US");
    private static readonly DateTime LowestDateTime = new(1753, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    public static object To(object value, SqlType from, SqlType to, int style)
    {
        if (value is string text)
        {
            return Parse(text, to, style);
        }
        var local = value switch
        {
            DateTime date => date,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            TimeOnly time => Epoch + time.ToTimeSpan(),
            DateTimeOffset offset => offset.DateTime,
            byte[] bytes when to.Kind == SqlKind.DateTime && bytes.Length == 8 => FromBinary(bytes),
            _ when SqlTypes.IsNumeric(from.Kind) && to.Kind is SqlKind.DateTime or SqlKind.SmallDateTime =>
                Epoch.AddDays((double)Conversion.To(value, from, SqlTypes.Float)!),
            _ => throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind)),
        };
        return Make(local, value is DateTimeOffset o ? o.Offset : TimeSpan.Zero, to);
    }

    public static string ToText(object value, SqlType from, int style) => value switch
    {
        DateOnly date when style is -1 => date.ToString("yyyy-MM-dd", Culture),
        TimeOnly time when style is -1 => time.ToString("HH:mm:ss" + Fraction(from.Scale), Culture),
        DateTimeOffset offset when style is -1 => offset.ToString("yyyy-MM-dd HH:mm:ss" + Fraction(from.Scale) + " zzz", Culture),
        DateTimeOffset offset when style is 126 or 127 => offset.ToString("yyyy-MM-ddTHH:mm:ss" + Fraction(from.Scale) + "zzz", Culture),
        DateTime date when style is -1 && from.Kind == SqlKind.DateTime2 => date.ToString("yyyy-MM-dd HH:mm:ss" + Fraction(from.Scale), Culture),
        DateTime date => Styled(date, from, style),
        DateOnly date => Styled(date.ToDateTime(TimeOnly.MinValue), from, style),
        TimeOnly time => Styled(Epoch + time.ToTimeSpan(), from, style),
        DateTimeOffset offset => Styled(offset.DateTime, from, style),
        _ => throw Errors.NoImplicitConversion(TypeNames.Name(from.Kind), "nvarchar"),
    };

    /// <summary>datetime keeps three-hundredths of a second, smalldatetime minutes, the others 10^-scale seconds.</summary>
    public static DateTime Round(DateTime value, SqlType type) => type.Kind switch
    {
        SqlKind.DateTime => value.Date.AddMilliseconds(ThousandthsOf(value)),
        SqlKind.SmallDateTime => value.Date.AddMinutes(Math.Round(value.TimeOfDay.TotalMinutes - 0.00001, MidpointRounding.AwayFromZero)),
        SqlKind.DateTime2 or SqlKind.DateTimeOffset => new DateTime(RoundTicks(value.Ticks, type.Scale), DateTimeKind.Unspecified),
        _ => value,
    };

    private static object Make(DateTime local, TimeSpan offset, SqlType to)
    {
        switch (to.Kind)
        {
            case SqlKind.Date: return DateOnly.FromDateTime(local);
            case SqlKind.Time: return new TimeOnly(RoundTicks(local.TimeOfDay.Ticks, to.Scale) % TimeSpan.TicksPerDay);
            case SqlKind.DateTimeOffset: return new DateTimeOffset(Round(local, to), offset);
            case SqlKind.DateTime when local < LowestDateTime:
            case SqlKind.SmallDateTime when local < Epoch || local.Year > 2079:
                throw Errors.Of(242, 16, $"The conversion of a datetime2 data type to a {TypeNames.Name(to.Kind)} data type resulted in an out-of-range value.", 3);
            default: return DateTime.SpecifyKind(Round(local, to), DateTimeKind.Unspecified);
        }
    }

    // datetime shows its 1/300 s ticks as milliseconds ending in 0, 3 and 7; the client reads the same rounding from the wire.
    private static double ThousandthsOf(DateTime value)
    {
        var ticks = Math.Round(value.TimeOfDay.Ticks * 3 / 100000.0, MidpointRounding.AwayFromZero);
        return Math.Round(ticks * 10 / 3.0, MidpointRounding.AwayFromZero);
    }

    private static long RoundTicks(long ticks, byte scale)
    {
        var unit = (long)Math.Pow(10, 7 - Math.Min(scale, (byte)7));
        return (ticks + (unit / 2)) / unit * unit;
    }

    private static object Parse(string text, SqlType to, int style)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return Make(Epoch, TimeSpan.Zero, to);
        }
        if (trimmed.Length == 8 && DateTime.TryParseExact(trimmed, "yyyyMMdd", Culture, DateTimeStyles.None, out var compact))
        {
            return Make(compact, TimeSpan.Zero, to);
        }
        var culture = style is 103 or 104 or 105 ? CultureInfo.GetCultureInfo("en-GB") : Culture;
        if (to.Kind == SqlKind.DateTimeOffset || trimmed.EndsWith('Z'))
        {
            return DateTimeOffset.TryParse(trimmed, culture, DateTimeStyles.AssumeUniversal, out var offset)
                ? Make(offset.DateTime, offset.Offset, to)
                : throw Errors.DateConversion();
        }
        // A time of day alone belongs to 1900-01-01, not to today.
        if (trimmed.IndexOfAny(['-', '/', '.']) is < 0 or > 5 && TimeOnly.TryParse(trimmed, culture, out var time))
        {
            return Make(Epoch + time.ToTimeSpan(), TimeSpan.Zero, to);
        }
        return DateTime.TryParse(trimmed, culture, DateTimeStyles.None, out var local)
            ? Make(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.Zero, to)
            : throw Errors.DateConversion();
    }

    private static DateTime FromBinary(byte[] bytes) => Epoch
        .AddDays(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes))
        .AddTicks((long)(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4)) * 100000 / 3.0));

    private static string Fraction(byte scale) => scale == 0 ? "" : "." + new string('f', Math.Min(scale, (byte)7));

    private static string Styled(DateTime value, SqlType from, int style)
    {
        var fraction = from.Kind == SqlKind.DateTime2 || from.Kind == SqlKind.Time || from.Kind == SqlKind.DateTimeOffset ? Fraction(from.Scale) : ".fff";
        var format = style switch
        {
            -1 or 0 or 100 => Padded(value) + " h:mmtt",
            9 or 109 => Padded(value) + " h:mm:ss:ffftt",
            1 => "MM/dd/yy",
            2 => "yy.MM.dd",
            3 => "dd/MM/yy",
            4 => "dd.MM.yy",
            5 => "dd-MM-yy",
            6 => "dd MMM yy",
            7 => "MMM dd, yy",
            10 => "MM-dd-yy",
            11 => "yy/MM/dd",
            12 => "yyMMdd",
            13 or 113 => "dd MMM yyyy HH:mm:ss:fff",
            22 => "MM/dd/yy h:mm:ss tt",
            23 => "yyyy-MM-dd",
            101 => "MM/dd/yyyy",
            102 => "yyyy.MM.dd",
            103 => "dd/MM/yyyy",
            104 => "dd.MM.yyyy",
            105 => "dd-MM-yyyy",
            106 => "dd MMM yyyy",
            107 => "MMM dd, yyyy",
            8 or 24 or 108 => "HH:mm:ss",
            110 => "MM-dd-yyyy",
            111 => "yyyy/MM/dd",
            112 => "yyyyMMdd",
            114 => "HH:mm:ss:fff",
            20 or 120 => "yyyy-MM-dd HH:mm:ss",
            21 or 25 or 121 => "yyyy-MM-dd HH:mm:ss" + fraction,
            126 or 127 => "yyyy-MM-ddTHH:mm:ss" + (value.TimeOfDay.Ticks % TimeSpan.TicksPerSecond == 0 ? "" : fraction),
            _ => throw Errors.Of(281, 16, $"{style} is not a valid style number when converting from {TypeNames.Name(from.Kind)} to a character string."),
        };
        if (style is 23 or 120 or 121 && from.Kind == SqlKind.Date)
        {
            format = "yyyy-MM-dd";
        }
        var text = value.ToString(format, Culture);
        // Hours of one digit are padded by a blank, as days are.
        return style is -1 or 0 or 100 or 9 or 109 && text[13] == ':' ? text.Insert(12, " ") : text;
    }

    private static string Padded(DateTime value) => value.Day < 10 ? "MMM  d yyyy" : "MMM d yyyy";
}
