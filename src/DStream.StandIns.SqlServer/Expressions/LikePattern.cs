using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>LIKE: % any text, _ any character, [a-z] and [^a-z] sets, an optional escape character.</summary>
internal static class LikePattern
{
    public static bool Matches(string text, string pattern, char? escape, bool isCaseSensitive = false) =>
        Matches(text.AsSpan(), pattern.AsSpan(), escape, isCaseSensitive);

    private static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, char? escape, bool isCaseSensitive)
    {
        while (pattern.Length > 0)
        {
            var symbol = pattern[0];
            if (symbol == escape && pattern.Length > 1)
            {
                if (text.Length == 0 || !Same(text[0], pattern[1], isCaseSensitive))
                {
                    return false;
                }
                text = text[1..];
                pattern = pattern[2..];
                continue;
            }
            if (symbol == '%')
            {
                return MatchesRest(text, pattern.TrimStart('%'), escape, isCaseSensitive);
            }
            if (text.Length == 0)
            {
                return false;
            }
            var used = 1;
            if (symbol == '[' && pattern.IndexOf(']') is > 1 and var end)
            {
                if (!InSet(text[0], pattern[1..end], isCaseSensitive))
                {
                    return false;
                }
                used = end + 1;
            }
            else if (symbol != '_' && !Same(text[0], symbol, isCaseSensitive))
            {
                return false;
            }
            text = text[1..];
            pattern = pattern[used..];
        }
        // Trailing blanks of the text do not count against a match.
        return text.TrimEnd(' ').Length == 0;
    }

    private static bool MatchesRest(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, char? escape, bool isCaseSensitive)
    {
        if (pattern.Length == 0)
        {
            return true;
        }
        for (var i = 0; i <= text.Length; i++)
        {
            if (Matches(text[i..], pattern, escape, isCaseSensitive))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Same(char left, char right, bool isCaseSensitive) => isCaseSensitive ? left == right : Collation.SameCharacter(left, right);

    private static bool InSet(char symbol, ReadOnlySpan<char> set, bool isCaseSensitive)
    {
        var negated = set[0] == '^';
        set = negated ? set[1..] : set;
        char Fold(char c) => isCaseSensitive ? c : char.ToUpperInvariant(c);
        var upper = Fold(symbol);
        var found = false;
        for (var i = 0; i < set.Length && !found; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                found = upper >= Fold(set[i]) && upper <= Fold(set[i + 2]);
                i += 2;
            }
            else
            {
                found = upper == Fold(set[i]);
            }
        }
        return found != negated;
    }
}
