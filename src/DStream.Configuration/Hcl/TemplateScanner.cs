using System.Text.RegularExpressions;

namespace DStream.Configuration.Hcl;

/// <summary>Finds where the interpolations of a string end. Never looks past the given limit.</summary>
internal static partial class TemplateScanner
{
    /// <summary>
    /// The index after the character, escape or interpolation at <paramref name="at"/>; <paramref name="limit"/> when an
    /// interpolation is not closed before it.
    /// </summary>
    internal static int Step(string text, int at, int limit)
    {
        if (IsAt(text, at, limit, "$${") || IsAt(text, at, limit, "%%{"))
            return at + 3;
        if (IsAt(text, at, limit, "${") || IsAt(text, at, limit, "%{"))
            return EndOfInterpolation(text, at + 2, limit);
        return GoTemplate(text, at, limit) is { } match ? at + match.Length : at + 1;
    }

    internal static bool IsAt(string text, int at, int limit, string what) =>
        at + what.Length <= limit && string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    /// <summary>The match of <c>{{ env "NAME" }}</c> at the index, its quotes escaped or not.</summary>
    internal static Match? GoTemplate(string text, int at, int limit)
    {
        if (!IsAt(text, at, limit, "{{"))
            return null;
        var match = GoTemplatePattern().Match(text, at, limit - at);
        return match.Success ? match : null;
    }

    /// <summary>The match of <c>${env("NAME")}</c> at the index, its quotes escaped or not.</summary>
    internal static Match? EnvCall(string text, int at, int limit)
    {
        var match = EnvCallPattern().Match(text, at, limit - at);
        return match.Success ? match : null;
    }

    private static int EndOfInterpolation(string text, int at, int limit)
    {
        var depth = 1;
        var isInString = false;
        for (; at < limit; at++)
        {
            var c = text[at];
            if (c == '\\')
                at++;
            else if (c == '"')
                isInString = !isInString;
            else if (!isInString && c == '{')
                depth++;
            else if (!isInString && c == '}' && --depth == 0)
                return at + 1;
        }
        return limit;
    }

    [GeneratedRegex("""\G\{\{[ \t]*env[ \t]+(?<quote>\\?"|`)(?<name>[^"\\`\r\n]{0,256})\k<quote>[ \t]*\}\}""", RegexOptions.CultureInvariant)]
    private static partial Regex GoTemplatePattern();

    [GeneratedRegex("""\G\$\{[ \t]*env[ \t]*\([ \t]*(?<quote>\\?")(?<name>[^"\\\r\n]{0,256})\k<quote>[ \t]*\)[ \t]*\}""", RegexOptions.CultureInvariant)]
    private static partial Regex EnvCallPattern();
}
