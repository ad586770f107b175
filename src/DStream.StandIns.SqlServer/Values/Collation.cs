using System.Globalization;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>
/// The default collation SQL_Latin1_General_CP1_CI_AS, approximated by ICU: case, kana and width do not count, accents do, and
/// trailing blanks are ignored in every comparison. COLLATE chooses case-sensitive and binary orders besides.
/// </summary>
internal static class Collation
{
    public const string Name = "SQL_Latin1_General_CP1_CI_AS";

    private const CompareOptions Options = CompareOptions.IgnoreCase | CompareOptions.IgnoreKanaType | CompareOptions.IgnoreWidth;

    private static readonly CompareInfo Culture = CultureInfo.GetCultureInfo("en-US").CompareInfo;

    public static int Compare(string left, string right)
    {
        if (string.Equals(left, right, StringComparison.Ordinal))
        {
            return 0;
        }
        return Culture.Compare(left.AsSpan().TrimEnd(' '), right.AsSpan().TrimEnd(' '), Options);
    }

    /// <summary>The order of a collation by name: case-sensitive and binary ones are their own, every other is the default.</summary>
    public static Comparison<object> OrderOf(string? name) => name switch
    {
        null => static (a, b) => Compare((string)a, (string)b),
        _ when IsBinary(name) => static (a, b) => ((string)a).AsSpan().TrimEnd(' ').SequenceCompareTo(((string)b).AsSpan().TrimEnd(' ')),
        _ when IsCaseSensitive(name) => static (a, b) => Culture.Compare(((string)a).AsSpan().TrimEnd(' '), ((string)b).AsSpan().TrimEnd(' '), Options & ~CompareOptions.IgnoreCase),
        _ => static (a, b) => Compare((string)a, (string)b),
    };

    public static bool IsCaseSensitive(string? name) => name is not null && (IsBinary(name) || name.Contains("_CS", StringComparison.OrdinalIgnoreCase));

    private static bool IsBinary(string name) => name.EndsWith("_BIN", StringComparison.OrdinalIgnoreCase) || name.Contains("_BIN2", StringComparison.OrdinalIgnoreCase);

    public static int HashOf(string value) => Culture.GetHashCode(value.AsSpan().TrimEnd(' '), Options);

    public static int IndexOf(string text, string sought, int start = 0)
    {
        if (sought.Length == 0 || start >= text.Length)
        {
            return -1;
        }
        var found = Culture.IndexOf(text.AsSpan(start), sought, Options);
        return found < 0 ? -1 : found + start;
    }

    public static bool SameCharacter(char left, char right) =>
        left == right || char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
