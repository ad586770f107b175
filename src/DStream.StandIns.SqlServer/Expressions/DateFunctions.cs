using System.Globalization;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

internal static class DateFunctions
{
    private static readonly SqlType DateTime2 = SqlTypes.DateTime2();

    public static void Register(Dictionary<string, Function> functions)
    {
        functions["SYSUTCDATETIME"] = new(0, 0, static _ => new Expr(DateTime2, static f => f.Context.UtcNow, false));
        functions["SYSDATETIME"] = new(0, 0, static _ => new Expr(DateTime2, static f => f.Context.LocalNow, false));
        functions["SYSDATETIMEOFFSET"] = new(0, 0, static _ => new Expr(
            new SqlType(SqlKind.DateTimeOffset, 0, 0, 7), static f => new DateTimeOffset(f.Context.LocalNow, f.Context.LocalNow - f.Context.UtcNow), false));
        functions["GETUTCDATE"] = new(0, 0, static _ => new Expr(SqlTypes.DateTime, static f => TemporalConversion.Round(f.Context.UtcNow, SqlTypes.DateTime), false));
        functions["GETDATE"] = new(0, 0, static _ => new Expr(SqlTypes.DateTime, static f => TemporalConversion.Round(f.Context.LocalNow, SqlTypes.DateTime), false));
        functions["CurrentTimestamp"] = functions["GETDATE"];
        functions["DATEADD"] = new(2, 2, Add, TakesDatePart: true);
        functions["DATEDIFF"] = new(2, 2, static site => Difference(site, SqlTypes.Int), TakesDatePart: true);
        functions["DATEDIFF_BIG"] = new(2, 2, static site => Difference(site, SqlTypes.BigInt), TakesDatePart: true);
        functions["DATEPART"] = new(1, 1, static site => Part(site, site.DatePart!), TakesDatePart: true);
        functions["DATENAME"] = new(1, 1, Name, TakesDatePart: true);
        functions["YEAR"] = new(1, 1, static site => Part(site, "year"));
        functions["MONTH"] = new(1, 1, static site => Part(site, "month"));
        functions["DAY"] = new(1, 1, static site => Part(site, "day"));
        functions["EOMONTH"] = new(1, 2, static site =>
        {
            var (date, months) = (Local(site), site.Arguments.Length > 1 ? site.Integer(1) : static _ => 0);
            return new Expr(SqlTypes.Date, f => date(f) is DateTime d && d.AddMonths((int)(months(f) ?? 0)) is var moved ? new DateOnly(moved.Year, moved.Month, DateTime.DaysInMonth(moved.Year, moved.Month)) : null);
        });
        functions["DATETRUNC"] = new(1, 1, Truncate, TakesDatePart: true);
        functions["DATETIMEFROMPARTS"] = new(7, 7, static site => new Expr(SqlTypes.DateTime, f =>
            Enumerable.Range(0, 7).Select(i => (int?)site.Integer(i)(f)).ToArray() is var p && p.Contains(null) ? null
                : TemporalConversion.Round(new DateTime(p[0]!.Value, p[1]!.Value, p[2]!.Value, p[3]!.Value, p[4]!.Value, p[5]!.Value, p[6]!.Value, DateTimeKind.Unspecified), SqlTypes.DateTime)));
        functions["ISDATE"] = new(1, 1, static site => new Expr(SqlTypes.Int, f =>
            site.Text(0)(f) is string s && DateTime.TryParse(s, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? 1 : 0, false));
        functions["DATEFROMPARTS"] = new(3, 3, static site => new Expr(SqlTypes.Date, f =>
            site.Integer(0)(f) is int y && site.Integer(1)(f) is int m && site.Integer(2)(f) is int d ? new DateOnly(y, m, d) : null));
        functions["DATETIME2FROMPARTS"] = new(8, 8, FromParts);
        functions["SWITCHOFFSET"] = new(2, 2, static site => new Expr(site.TypeOf(0), f =>
            site.Arguments[0].Eval(f) is DateTimeOffset o && site.Text(1)(f) is string z ? o.ToOffset(TimeSpan.Parse(z.TrimStart('+'), CultureInfo.InvariantCulture)) : null));
        functions["TODATETIMEOFFSET"] = new(2, 2, static site => new Expr(new SqlType(SqlKind.DateTimeOffset, 0, 0, 7), f =>
            Local(site)(f) is DateTime d && site.Text(1)(f) is string z ? new DateTimeOffset(d, TimeSpan.Parse(z.TrimStart('+'), CultureInfo.InvariantCulture)) : null));
    }

    private static Scalar Local(FunctionCallSite site, int argument = 0) => site.Arguments[argument].ConvertTo(DateTime2).Eval;

    private static Expr Of(SqlType type, FunctionCallSite site, Func<DateTime, object?> apply)
    {
        var date = Local(site);
        return new Expr(type, f => date(f) is DateTime d ? apply(d) : null);
    }

    private static Expr FromParts(FunctionCallSite site) => new(DateTime2, f =>
    {
        var parts = Enumerable.Range(0, 8).Select(i => (int?)site.Integer(i)(f)).ToArray();
        return parts.Contains(null)
            ? null
            : new DateTime(parts[0]!.Value, parts[1]!.Value, parts[2]!.Value, parts[3]!.Value, parts[4]!.Value, parts[5]!.Value, DateTimeKind.Unspecified)
                .AddTicks((long)(parts[6]!.Value * Math.Pow(10, 7 - parts[7]!.Value)));
    });

    private static Expr Add(FunctionCallSite site)
    {
        var (number, date) = (site.Arguments[0].ConvertTo(SqlTypes.BigInt).Eval, site.Arguments[1]);
        var type = SqlTypes.IsCharacter(date.Type.Kind) ? SqlTypes.DateTime : date.Type;
        var typed = date.ConvertTo(type).Eval;
        var part = Normalize(site.DatePart);
        return new Expr(type, f => number(f) is long n && typed(f) is { } value
            ? value switch
            {
                DateTimeOffset offset => new DateTimeOffset(Shift(offset.DateTime, part, n), offset.Offset),
                DateOnly day => DateOnly.FromDateTime(Shift(day.ToDateTime(TimeOnly.MinValue), part, n)),
                TimeOnly time => TimeOnly.FromDateTime(Shift(TemporalConversion.Epoch.AddDays(10) + time.ToTimeSpan(), part, n)),
                _ => (object)TemporalConversion.Round(Shift((DateTime)value, part, n), type),
            }
            : null);
    }

    private static Expr Truncate(FunctionCallSite site)
    {
        var type = SqlTypes.IsCharacter(site.TypeOf(0).Kind) ? SqlTypes.DateTime2() : site.TypeOf(0);
        var (date, part) = (Local(site), Normalize(site.DatePart));
        return new Expr(type, f => date(f) is DateTime d ? Conversion.To(Cut(d, part), DateTime2, type) : null);
    }

    private static DateTime Cut(DateTime d, string part) => part switch
    {
        "year" => new DateTime(d.Year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified),
        "quarter" => new DateTime(d.Year, (((d.Month - 1) / 3) * 3) + 1, 1, 0, 0, 0, DateTimeKind.Unspecified),
        "month" => new DateTime(d.Year, d.Month, 1, 0, 0, 0, DateTimeKind.Unspecified),
        "week" => d.Date.AddDays(-(int)d.DayOfWeek),
        "day" or "dayofyear" => d.Date,
        "hour" => d.AddTicks(-(d.Ticks % TimeSpan.TicksPerHour)),
        "minute" => d.AddTicks(-(d.Ticks % TimeSpan.TicksPerMinute)),
        "second" => d.AddTicks(-(d.Ticks % TimeSpan.TicksPerSecond)),
        "millisecond" => d.AddTicks(-(d.Ticks % TimeSpan.TicksPerMillisecond)),
        "microsecond" => d.AddTicks(-(d.Ticks % 10)),
        _ => throw Errors.Of(9810, 16, $"The datepart {part} is not supported by date function datetrunc for data type datetime2."),
    };

    private static DateTime Shift(DateTime date, string part, long n)
    {
        try
        {
            return part switch
            {
                "year" => date.AddYears(checked((int)n)),
                "quarter" => date.AddMonths(checked((int)n * 3)),
                "month" => date.AddMonths(checked((int)n)),
                "week" => date.AddDays(n * 7),
                "day" => date.AddDays(n),
                "hour" => date.AddHours(n),
                "minute" => date.AddMinutes(n),
                "second" => date.AddSeconds(n),
                "millisecond" => date.AddMilliseconds(n),
                "microsecond" => date.AddTicks(n * 10),
                _ => date.AddTicks(n / 100),
            };
        }
        catch (Exception overflow) when (overflow is ArgumentOutOfRangeException or OverflowException)
        {
            throw Errors.Of(517, 16, "Adding a value to a 'datetime' column caused an overflow.");
        }
    }

    private static Expr Difference(FunctionCallSite site, SqlType type)
    {
        var (start, end, part) = (Local(site), Local(site, 1), Normalize(site.DatePart));
        return new Expr(type, f => start(f) is DateTime a && end(f) is DateTime b ? Conversion.To(Boundaries(part, a, b), SqlTypes.BigInt, type) : null);
    }

    // DATEDIFF counts the boundaries crossed, not the time elapsed.
    private static long Boundaries(string part, DateTime a, DateTime b)
    {
        long Ticks(long unit) => (b.Ticks / unit) - (a.Ticks / unit);
        return part switch
        {
            "year" => b.Year - a.Year,
            "quarter" => ((b.Year - a.Year) * 4) + ((b.Month - 1) / 3) - ((a.Month - 1) / 3),
            "month" => ((b.Year - a.Year) * 12) + b.Month - a.Month,
            "week" => ((b.Date.Ticks / TimeSpan.TicksPerDay) + 1) / 7 - (((a.Date.Ticks / TimeSpan.TicksPerDay) + 1) / 7),
            "day" => Ticks(TimeSpan.TicksPerDay),
            "hour" => Ticks(TimeSpan.TicksPerHour),
            "minute" => Ticks(TimeSpan.TicksPerMinute),
            "second" => Ticks(TimeSpan.TicksPerSecond),
            "millisecond" => Ticks(TimeSpan.TicksPerMillisecond),
            "microsecond" => Ticks(10),
            _ => checked((b.Ticks - a.Ticks) * 100),
        };
    }

    private static Expr Part(FunctionCallSite site, string name)
    {
        var (part, date) = (Normalize(name), Local(site));
        return new Expr(SqlTypes.Int, f => date(f) is DateTime d ? Number(part, d, f.Context.Session.Settings.DateFirst) : null);
    }

    private static int Number(string part, DateTime d, int dateFirst) => part switch
    {
        "year" => d.Year,
        "quarter" => ((d.Month - 1) / 3) + 1,
        "month" => d.Month,
        "dayofyear" => d.DayOfYear,
        "week" => CultureInfo.InvariantCulture.Calendar.GetWeekOfYear(d, CalendarWeekRule.FirstDay, First(dateFirst)),
        "weekday" => (((int)d.DayOfWeek - dateFirst + 7) % 7) + 1,
        "day" => d.Day,
        "hour" => d.Hour,
        "minute" => d.Minute,
        "second" => d.Second,
        "millisecond" => d.Millisecond,
        "microsecond" => (int)(d.Ticks % TimeSpan.TicksPerSecond / 10),
        _ => (int)(d.Ticks % TimeSpan.TicksPerSecond * 100),
    };

    // SET DATEFIRST counts from Monday (1) to Sunday (7).
    private static DayOfWeek First(int dateFirst) => (DayOfWeek)(dateFirst % 7);

    private static Expr Name(FunctionCallSite site)
    {
        var number = Part(site, site.DatePart!).Eval;
        return Normalize(site.DatePart) switch
        {
            "month" => Of(SqlTypes.NVarChar(30), site, static d => d.ToString("MMMM", CultureInfo.InvariantCulture)),
            "weekday" => Of(SqlTypes.NVarChar(30), site, static d => d.DayOfWeek.ToString()),
            _ => new Expr(SqlTypes.NVarChar(30), f => (number(f) as int?)?.ToString(CultureInfo.InvariantCulture)),
        };
    }

    private static string Normalize(string? part) => part?.ToLowerInvariant() switch
    {
        "year" or "yy" or "yyyy" => "year",
        "quarter" or "qq" or "q" => "quarter",
        "month" or "mm" or "m" => "month",
        "dayofyear" or "dy" or "y" => "dayofyear",
        "week" or "wk" or "ww" => "week",
        "weekday" or "dw" => "weekday",
        "day" or "dd" or "d" => "day",
        "hour" or "hh" => "hour",
        "minute" or "mi" or "n" => "minute",
        "second" or "ss" or "s" => "second",
        "millisecond" or "ms" => "millisecond",
        "microsecond" or "mcs" => "microsecond",
        "nanosecond" or "ns" => "nanosecond",
        _ => throw Errors.Of(155, 15, $"'{part}' is not a recognized datepart option."),
    };
}
