using System.Globalization;
using System.Data.SqlTypes;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>What a batch returned, as one line of text: rows as (1, a), a set without rows as none, result sets apart by |, errors as !number, prints as 'text'.</summary>
internal static class Script
{
    public static async Task<string> RunAsync(TestServer server, string sql)
    {
        var result = await server.TryAsync(sql);
        var parts = result.Results.Select(set => set.Rows.Count == 0 ? "none" : string.Join(' ', set.Rows.Select(row => "(" + string.Join(", ", row.Select(Text)) + ")")))
            .Concat(result.Messages.Where(m => m.Severity > 10).Select(m => "!" + m.Number.ToString(CultureInfo.InvariantCulture)))
            .Concat(result.Messages.Where(m => m is { Number: 0 or 50000, Severity: <= 10 }).Select(m => $"'{m.Message}'"));
        return string.Join(" | ", parts);
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        bool bit => bit ? "1" : "0",
        byte[] bytes => "0x" + Convert.ToHexString(bytes),
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SqlDecimal number => number.ToString(),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
