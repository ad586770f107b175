using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>How the parser's errors speak of tokens.</summary>
internal static class HclMistakes
{
    /// <summary>Reports why a value could not be read.</summary>
    internal static void ReportValue(
        ErrorSink errors, TokenListParserResult<HclTokenKind, HclValue> result, string key, bool isSecret, bool isFirstToken)
    {
        var token = result.Remainder.ConsumeToken().Value;
        var found = Describe(token, isSecret);
        var (message, remedy) = token.Kind switch
        {
            HclTokenKind.Newline or HclTokenKind.End when isFirstToken =>
                ($"key \"{Shown.Excerpt(key)}\" has no value", "write the value after the = on the same line"),
            HclTokenKind.Identifier =>
                ($"{found} is no value",
                "write text in double quotes; there are no variables and functions, and an environment variable is written \"${env(\"NAME\")}\""),
            HclTokenKind.Unknown when token.ToStringValue() == "'" => ("' does not quote text", "write text in double quotes"),
            // The tokenizer has said it.
            HclTokenKind.Broken => ("", ""),
            _ => ($"unexpected {found}", "expected " + Expected(result)),
        };
        if (message.Length > 0)
            errors.Add(token.Position, message, remedy);
    }

    /// <summary>A token as an error may print it. Strings are never shown: one in a wrong place may be a password (I8).</summary>
    internal static string Describe(Token<HclTokenKind> token, bool isSecret) => token.Kind switch
    {
        HclTokenKind.Newline => "the end of the line",
        HclTokenKind.End => "the end of the file",
        HclTokenKind.QuotedString => "a string",
        HclTokenKind.Heredoc => "a heredoc",
        HclTokenKind.Broken => "a broken token",
        _ when isSecret => "text that is not shown",
        HclTokenKind.Unknown when token.ToStringValue() is var text && char.IsControl(text[0]) => $"character U+{(int)text[0]:X4}",
        HclTokenKind.Unknown => $"character '{token.ToStringValue()}'",
        _ => $"\"{Shown.Excerpt(token.ToStringValue())}\"",
    };

    private static string Expected(TokenListParserResult<HclTokenKind, HclValue> result) =>
        string.Join(" or ", result.Expectations?.Where(e => !e.Contains("broken", StringComparison.Ordinal)).Distinct() ?? ["a value"]);
}
