using System.Text.RegularExpressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>The printf formats of RAISERROR: %s, %d, %i, %u, %x, %%, with flags, width and precision.</summary>
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
            var text = match.Value[^1] is 'x' or 'X'
                ? ((long)Conversion.To(value, next.Current.Type, SqlTypes.BigInt)!).ToString(match.Value[^1] == 'x' ? "x" : "X", System.Globalization.CultureInfo.InvariantCulture)
                : Conversion.ToText(value, next.Current.Type);
            return Fitted(text, match.Groups["flags"].Value, Number(match.Groups["width"]), Number(match.Groups["precision"]), match.Value[^1] == 's');
        });
    }

    private static int? Number(Group group) => int.TryParse(group.Value, out var number) ? number : null;

    // A precision cuts text and fills numbers with zeros; a width pads on the left, or on the right with the flag -.
    private static string Fitted(string text, string flags, int? width, int? precision, bool isText)
    {
        if (precision is { } most)
        {
            text = isText ? text[..Math.Min(most, text.Length)] : text.PadLeft(most, '0');
        }
        if (flags.Contains('+') && !isText && !text.StartsWith('-'))
        {
            text = "+" + text;
        }
        return flags.Contains('-') ? text.PadRight(width ?? 0) : text.PadLeft(width ?? 0, flags.Contains('0') && !isText ? '0' : ' ');
    }

    [GeneratedRegex(@"%%|%(?<flags>[-+0# ]*)(?<width>\d*)(\.(?<precision>\d+))?(I64|h|l)?[sdiuoxX]", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
