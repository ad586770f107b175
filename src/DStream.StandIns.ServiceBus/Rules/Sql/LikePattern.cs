namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>The pattern of LIKE: % stands for any text, _ for one character, and what follows the escape for itself.</summary>
internal static class LikePattern
{
    private const char AnyText = '\uFFFF';
    private const char AnyCharacter = '\uFFFE';

    public static bool Matches(string text, string pattern, char? escape)
    {
        var form = Read(pattern, escape);
        var (at, place) = (0, 0);
        var (afterAnyText, retry) = (-1, 0);
        while (at < text.Length)
        {
            if (place < form.Count && (form[place] == AnyCharacter || form[place] == text[at]) && form[place] != AnyText)
            {
                at++;
                place++;
            }
            else if (place < form.Count && form[place] == AnyText)
            {
                afterAnyText = ++place;
                retry = at;
            }
            else if (afterAnyText >= 0)
            {
                // The last % takes one more character, and what is behind it is tried again.
                place = afterAnyText;
                at = ++retry;
            }
            else
            {
                return false;
            }
        }

        while (place < form.Count && form[place] == AnyText) place++;
        return place == form.Count;
    }

    // The two stand-ins for wildcards are no characters in Unicode, so that no text has them.
    private static List<char> Read(string pattern, char? escape)
    {
        var form = new List<char>(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            var isEscaped = pattern[i] == escape && i + 1 < pattern.Length;
            if (isEscaped) i++;
            form.Add(isEscaped ? pattern[i] : pattern[i] switch { '%' => AnyText, '_' => AnyCharacter, var other => other });
        }

        return form;
    }
}
