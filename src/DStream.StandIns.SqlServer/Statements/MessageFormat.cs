using System.Text.RegularExpressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>The printf formats of RAISERROR: %s, %d, %i, %u, %x, %%; flags and widths are read past.</summary>
internal static partial class MessageFormat
{
    public static string Apply(string format, IEnumerable<(SqlType Type, object? Value)> arguments)
    {
        using var next = arguments.GetEnumerator();
        return Place().Replace(format, match =>
        {
            if (match.Value == "%%")
            {
                return "%";
            }
            if (!next.MoveNext() || next.Current.Value is not { } value)
            {
                return "(null)";
            }
            return match.Value[^1] is 'x' or 'X'
                ? ((long)Conversion.To(value, next.Current.Type, SqlTypes.BigInt)!).ToString(match.Value[^1] == 'x' ? "x" : "X", System.Globalization.CultureInfo.InvariantCulture)
                : Conversion.ToText(value, next.Current.Type);
        });
    }

    [GeneratedRegex(@"%%|%[-+0# ]*[\d*]*(\.[\d*]+)?(I64|h|l)?[sdiuoxX]")]
    private static partial Regex Place();
}
