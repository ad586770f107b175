using System.Globalization;
using System.Text;

namespace DStream.Configuration;

/// <summary>Durations as Go writes them: <c>500ms</c>, <c>5s</c>, <c>1h30m</c>, <c>1.5h</c>.</summary>
internal static class GoDuration
{
    internal const string Remedy = "write numbers with their units (ns us ms s m h), as in \"500ms\", \"5s\" or \"1h30m\"";

    private const int MaxDigits = 12;

    /// <summary>Parts below 100 ns are cut off. False for anything else than a duration, or one beyond about ten thousand years.</summary>
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var at = 0;
        decimal ticks = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            if (at - start is 0 or > MaxDigits
                || !decimal.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || Unit(text, ref at) is not { } unit)
                return false;
            ticks += number * unit;
        }
        if (text.Length == 0 || ticks > TimeSpan.MaxValue.Ticks)
            return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    internal static string Format(TimeSpan duration)
    {
        var text = new StringBuilder();
        Append(text, (long)duration.TotalHours, "h");
        Append(text, duration.Minutes, "m");
        Append(text, duration.Seconds, "s");
        var rest = duration.Ticks % TimeSpan.TicksPerSecond;
        if (rest != 0)
            text.Append(CultureInfo.InvariantCulture, $"{(decimal)rest / TimeSpan.TicksPerMillisecond:0.####}ms");
        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static void Append(StringBuilder text, long number, string unit)
    {
        if (number != 0)
            text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
    }

    private static decimal? Unit(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsLetter(text[at]))
            at++;
        // Both micro signs, as in Go.
        return text[start..at] switch
        {
            "h" => TimeSpan.TicksPerHour,
            "m" => TimeSpan.TicksPerMinute,
            "s" => TimeSpan.TicksPerSecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "us" or "\u00B5s" or "\u03BCs" => TimeSpan.TicksPerMicrosecond,
            "ns" => 0.01m,
            _ => null,
        };
    }
}
