using System.Text;

namespace DStream.Configuration.Hcl;

/// <summary>Text from a file as an error may print it.</summary>
internal static class Shown
{
    internal const string Hidden = "a value that is not shown";

    private const int MaxLength = 60;
    private static readonly string[] SecretWords = ["conn", "string", "pass", "pwd", "secret", "key", "token", "credential", "sas"];

    /// <summary>Whether the value of a key may be a secret; misspelt keys are meant too, so this looks for parts of words (I8).</summary>
    internal static bool IsSecretKey(string key) =>
        SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>An excerpt of a value, unless it looks like a connection string that was put into the wrong key (I8).</summary>
    internal static string Value(string text) =>
        text.Contains(';', StringComparison.Ordinal) || (text.Contains("://", StringComparison.Ordinal) && text.Contains('@', StringComparison.Ordinal))
            ? Hidden
            : Excerpt(text);

    /// <summary>One line of at most 60 characters, control characters made visible.</summary>
    internal static string Excerpt(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxLength) + 3);
        foreach (var c in text)
        {
            if (shown.Length >= MaxLength)
                return shown.Append("...").ToString();
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        }
        return shown.ToString();
    }
}
