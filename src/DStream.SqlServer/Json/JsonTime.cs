using System.Buffers;

namespace DStream.SqlServer.Json;

/// <summary>Writes dates and times as ISO 8601 in a JSON string, with as many digits of a second as the column's scale.</summary>
internal static class JsonTime
{
    private const int MaxLength = 40;

    public static void WriteDate(IBufferWriter<byte> json, DateTime value)
    {
        var span = json.GetSpan(MaxLength);
        var at = 0;
        Put(span, ref at, '"');
        PutDate(span, ref at, value);
        Put(span, ref at, '"');
        json.Advance(at);
    }

    public static void WriteTime(IBufferWriter<byte> json, TimeSpan value, int scale)
    {
        var span = json.GetSpan(MaxLength);
        var at = 0;
        Put(span, ref at, '"');
        PutTime(span, ref at, value.Ticks, scale);
        Put(span, ref at, '"');
        json.Advance(at);
    }

    /// <summary>No zone is written: the server stores none.</summary>
    public static void WriteDateTime(IBufferWriter<byte> json, DateTime value, int scale)
    {
        var span = json.GetSpan(MaxLength);
        var at = 0;
        Put(span, ref at, '"');
        PutDate(span, ref at, value);
        Put(span, ref at, 'T');
        PutTime(span, ref at, value.TimeOfDay.Ticks, scale);
        Put(span, ref at, '"');
        json.Advance(at);
    }

    public static void WriteDateTimeOffset(IBufferWriter<byte> json, DateTimeOffset value, int scale)
    {
        var span = json.GetSpan(MaxLength);
        var at = 0;
        Put(span, ref at, '"');
        PutDate(span, ref at, value.DateTime);
        Put(span, ref at, 'T');
        PutTime(span, ref at, value.TimeOfDay.Ticks, scale);
        var minutes = (int)value.Offset.TotalMinutes;
        Put(span, ref at, minutes < 0 ? '-' : '+');
        PutDigits(span, ref at, Math.Abs(minutes) / 60, 2);
        Put(span, ref at, ':');
        PutDigits(span, ref at, Math.Abs(minutes) % 60, 2);
        Put(span, ref at, '"');
        json.Advance(at);
    }

    private static void PutDate(Span<byte> span, ref int at, DateTime value)
    {
        var (year, month, day) = DateOnly.FromDateTime(value);
        PutDigits(span, ref at, year, 4);
        Put(span, ref at, '-');
        PutDigits(span, ref at, month, 2);
        Put(span, ref at, '-');
        PutDigits(span, ref at, day, 2);
    }

    private static void PutTime(Span<byte> span, ref int at, long ticks, int scale)
    {
        var seconds = (int)(ticks / TimeSpan.TicksPerSecond);
        PutDigits(span, ref at, seconds / 3600, 2);
        Put(span, ref at, ':');
        PutDigits(span, ref at, seconds / 60 % 60, 2);
        Put(span, ref at, ':');
        PutDigits(span, ref at, seconds % 60, 2);
        if (scale == 0) return;
        Put(span, ref at, '.');
        var fraction = (int)(ticks % TimeSpan.TicksPerSecond);
        for (var digit = scale; digit < 7; digit++) fraction /= 10;
        PutDigits(span, ref at, fraction, scale);
    }

    private static void PutDigits(Span<byte> span, ref int at, int value, int digits)
    {
        for (var i = at + digits - 1; i >= at; i--)
        {
            span[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        at += digits;
    }

    private static void Put(Span<byte> span, ref int at, char c) => span[at++] = (byte)c;
}
