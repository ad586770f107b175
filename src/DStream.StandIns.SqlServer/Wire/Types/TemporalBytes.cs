using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>The arithmetic of the date and time types: rounded as the server rounds, carried into the next day where it must.</summary>
internal static class TemporalBytes
{
    private const int DateTimeUnitsPerDay = 300 * 86_400;
    private static readonly DateTime DateTimeEpoch = new(1900, 1, 1);
    private static readonly DateTime DateTimeMin = new(1753, 1, 1);

    /// <summary>Ticks of 100 ns in one unit of a fractional second with that scale.</summary>
    public static long TicksPerUnit(byte scale) => scale switch
    {
        0 => 10_000_000, 1 => 1_000_000, 2 => 100_000, 3 => 10_000, 4 => 1_000, 5 => 100, 6 => 10, _ => 1,
    };

    public static int TimeBytes(byte scale) => scale switch { <= 2 => 3, <= 4 => 4, _ => 5 };

    public static void DateTime(ByteBuffer output, DateTime value)
    {
        var (days, units) = DateTimeUnits(value);
        output.Int32(days);
        output.Int32(units);
    }

    public static void SmallDateTime(ByteBuffer output, DateTime value)
    {
        var (days, units) = DateTimeUnits(value);
        var minutes = (units + (30 * 300)) / (60 * 300);
        if (minutes == 1440) (days, minutes) = (days + 1, 0);
        if (days is < 0 or > ushort.MaxValue) throw new OverflowException($"{value:O} is outside of the range of smalldatetime.");
        output.UInt16((ushort)days);
        output.UInt16((ushort)minutes);
    }

    public static void Date(ByteBuffer output, DateOnly value) => ThreeBytes(output, value.DayNumber);

    /// <summary>A time of day that rounds up to 24:00 wraps to 00:00.</summary>
    public static void Time(ByteBuffer output, TimeOnly value, byte scale)
    {
        var unit = TicksPerUnit(scale);
        TimeUnits(output, Round(value.Ticks, unit) % (TimeSpan.TicksPerDay / unit), scale);
    }

    public static void DateTime2(ByteBuffer output, DateTime value, byte scale)
    {
        var unit = TicksPerUnit(scale);
        var ticks = Round(value.Ticks, unit) * unit;
        if (ticks > System.DateTime.MaxValue.Ticks) ticks = value.Ticks / unit * unit;
        TimeUnits(output, ticks % TimeSpan.TicksPerDay / unit, scale);
        ThreeBytes(output, (int)(ticks / TimeSpan.TicksPerDay));
    }

    public static void DateTimeOffset(ByteBuffer output, DateTimeOffset value, byte scale)
    {
        DateTime2(output, value.UtcDateTime, scale);
        output.Int16((short)value.TotalOffsetMinutes);
    }

    public static DateTime ReadDateTime(ref ByteReader reader)
    {
        var days = reader.Int32();
        var units = reader.UInt32();
        // 1/300 s rounds to the .000, .003 and .007 that the server shows, not to the repeating fraction.
        return DateTimeEpoch.AddDays(days).AddMilliseconds((long)((units * 10L + 1) / 3));
    }

    public static DateTime ReadSmallDateTime(ref ByteReader reader) => DateTimeEpoch.AddDays(reader.UInt16()).AddMinutes(reader.UInt16());

    public static DateOnly ReadDate(ref ByteReader reader) => DateOnly.FromDayNumber(ReadThreeBytes(ref reader));

    public static TimeOnly ReadTime(ref ByteReader reader, int bytes, byte scale) => new(ReadTimeTicks(ref reader, bytes, scale));

    public static DateTime ReadDateTime2(ref ByteReader reader, int bytes, byte scale)
    {
        var ticks = ReadTimeTicks(ref reader, bytes - 3, scale);
        return new DateTime(ReadThreeBytes(ref reader) * TimeSpan.TicksPerDay + ticks);
    }

    public static DateTimeOffset ReadDateTimeOffset(ref ByteReader reader, int bytes, byte scale)
    {
        var utc = ReadDateTime2(ref reader, bytes - 2, scale);
        return new DateTimeOffset(System.DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToOffset(TimeSpan.FromMinutes(reader.Int16()));
    }

    private static (int Days, int Units) DateTimeUnits(DateTime value)
    {
        if (value < DateTimeMin) throw new OverflowException($"{value:O} is outside of the range of datetime.");
        var days = (int)(value.Ticks / TimeSpan.TicksPerDay - DateTimeEpoch.Ticks / TimeSpan.TicksPerDay);
        var units = (int)((value.TimeOfDay.Ticks * 300 + TimeSpan.TicksPerSecond / 2) / TimeSpan.TicksPerSecond);
        if (units < DateTimeUnitsPerDay) return (days, units);
        return value.Date == System.DateTime.MaxValue.Date ? (days, DateTimeUnitsPerDay - 1) : (days + 1, 0);
    }

    private static long Round(long ticks, long unit) => (ticks + unit / 2) / unit;

    private static void TimeUnits(ByteBuffer output, long units, byte scale)
    {
        var target = output.Take(TimeBytes(scale));
        for (var i = 0; i < target.Length; i++) target[i] = (byte)(units >> (8 * i));
    }

    private static long ReadTimeTicks(ref ByteReader reader, int bytes, byte scale)
    {
        var units = 0L;
        var source = reader.Bytes(bytes);
        for (var i = 0; i < source.Length; i++) units |= (long)source[i] << (8 * i);
        return units * TicksPerUnit(scale);
    }

    private static void ThreeBytes(ByteBuffer output, int value)
    {
        var target = output.Take(3);
        (target[0], target[1], target[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
    }

    private static int ReadThreeBytes(ref ByteReader reader)
    {
        var source = reader.Bytes(3);
        return source[0] | source[1] << 8 | source[2] << 16;
    }
}
