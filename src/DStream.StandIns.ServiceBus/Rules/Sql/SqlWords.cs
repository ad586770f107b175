using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>Cuts an expression into words and signs.</summary>
internal static class SqlWords
{
    /// <summary>Words that cannot name a property without quotes.</summary>
    public static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "IN", "LIKE", "ESCAPE", "IS", "NULL", "EXISTS", "TRUE", "FALSE", "SET", "REMOVE",
    };

    // Parsing calls itself for what is in parentheses: deeper than anybody writes would end the process.
    private const int DeepestParentheses = 64;

    private static readonly Tokenizer<SqlToken> Tokenizer = new TokenizerBuilder<SqlToken>()
        .Ignore(Span.WhiteSpace)
        .Match(Span.Regex(@"'(?:[^']|'')*'"), SqlToken.Text)
        .Match(Span.Regex(@"\[(?:[^\]]|\]\])+\]"), SqlToken.DelimitedIdentifier)
        .Match(Span.Regex("\"(?:[^\"]|\"\")+\""), SqlToken.DelimitedIdentifier)
        .Match(Span.Regex(@"@[\p{L}_][\p{L}\p{Nd}_]*"), SqlToken.Parameter)
        .Match(Span.Regex(@"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"), SqlToken.Number, requireDelimiters: true)
        .Match(Span.Regex(@"\p{L}[\p{L}\p{Nd}_]*"), SqlToken.Identifier, requireDelimiters: true)
        .Match(Span.EqualTo("<>"), SqlToken.NotEqual)
        .Match(Span.EqualTo("!="), SqlToken.NotEqual)
        .Match(Span.EqualTo("<="), SqlToken.LessOrEqual)
        .Match(Span.EqualTo(">="), SqlToken.GreaterOrEqual)
        .Match(Character.EqualTo('<'), SqlToken.Less)
        .Match(Character.EqualTo('>'), SqlToken.Greater)
        .Match(Character.EqualTo('='), SqlToken.Equal)
        .Match(Character.EqualTo('+'), SqlToken.Plus)
        .Match(Character.EqualTo('-'), SqlToken.Minus)
        .Match(Character.EqualTo('*'), SqlToken.Star)
        .Match(Character.EqualTo('/'), SqlToken.Slash)
        .Match(Character.EqualTo('%'), SqlToken.Percent)
        .Match(Character.EqualTo('('), SqlToken.LeftParenthesis)
        .Match(Character.EqualTo(')'), SqlToken.RightParenthesis)
        .Match(Character.EqualTo(','), SqlToken.Comma)
        .Match(Character.EqualTo('.'), SqlToken.Dot)
        .Match(Character.EqualTo(';'), SqlToken.Semicolon)
        .Build();

    public static TokenList<SqlToken> Cut(string expression)
    {
        var words = Tokenizer.Tokenize(expression);
        var depth = 0;
        foreach (var word in words)
        {
            if (word.Kind == SqlToken.RightParenthesis) depth--;
            else if (word.Kind == SqlToken.LeftParenthesis && ++depth > DeepestParentheses)
                throw new ParseException($"more than {DeepestParentheses} parentheses stand inside one another", word.Position);
        }

        return words;
    }
}
