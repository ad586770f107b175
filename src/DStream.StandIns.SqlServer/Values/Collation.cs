using System.Globalization;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>
/// The default collation SQL_Latin1_General_CP1_CI_AS, approximated by ICU: case, kana and width do not count, accents do, and
/// trailing blanks are ignored in every comparison.
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
