using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace DStream.Configuration.Hcl;

/// <summary>The grammar of values. Bodies are <see cref="HclParser"/>'s, which goes on after an error.</summary>
internal static class HclGrammar
{
    private static readonly TokenListParser<HclTokenKind, Unit> Newlines = Token.EqualTo(HclTokenKind.Newline).Many().Value(Unit.Value);

    private static readonly TokenListParser<HclTokenKind, HclValue> Text =
        Token.EqualTo(HclTokenKind.QuotedString).Select(HclValue (token) => new HclString(token.Span, isHeredoc: false))
            .Or(Token.EqualTo(HclTokenKind.Heredoc).Select(HclValue (token) => new HclString(token.Span, isHeredoc: true)));

    private static readonly TokenListParser<HclTokenKind, HclValue> Word =
        Token.EqualToValue(HclTokenKind.Identifier, "true").Select(HclValue (token) => new HclBool(token.Span, true))
            .Or(Token.EqualToValue(HclTokenKind.Identifier, "false").Select(HclValue (token) => new HclBool(token.Span, false)))
            .Or(Token.EqualToValue(HclTokenKind.Identifier, "null").Select(HclValue (token) => new HclNull(token.Span)));

    // The tokenizer, or a string, has said already what is wrong with a broken token.
    private static readonly TokenListParser<HclTokenKind, HclValue> Scalar =
        Text.Or(Token.EqualTo(HclTokenKind.Number).Select(HclValue (token) => new HclNumber(token.Span)))
            .Or(Word)
            .Or(Token.EqualTo(HclTokenKind.Broken).Select(HclValue (token) => new HclBroken(token.Span)));

    private static readonly TokenListParser<HclTokenKind, HclValue> List =
        from open in Token.EqualTo(HclTokenKind.LeftBracket)
        from blank in Newlines
        from items in ListItem().Many()
        from close in Token.EqualTo(HclTokenKind.RightBracket)
        select (HclValue)new HclList(Between(open, close), items);

    private static readonly TokenListParser<HclTokenKind, HclValue> Map =
        from open in Token.EqualTo(HclTokenKind.LeftBrace)
        from blank in Newlines
        from entries in MapEntry().Many()
        from close in Token.EqualTo(HclTokenKind.RightBrace)
        select (HclValue)new HclObject(Between(open, close), entries);

    /// <summary>Any value.</summary>
    internal static readonly TokenListParser<HclTokenKind, HclValue> Value = Scalar.Or(List).Or(Map);

    private static TokenListParser<HclTokenKind, HclValue> ListItem() =>
        from value in Parse.Ref(() => Value)
        from blank in Newlines
        from separator in Ignore(HclTokenKind.Comma).Or(Ahead(HclTokenKind.RightBracket))
        from blankAfter in Newlines
        select value;

    private static TokenListParser<HclTokenKind, (Token<HclTokenKind>, HclValue)> MapEntry() =>
        from key in Token.EqualTo(HclTokenKind.Identifier).Or(Token.EqualTo(HclTokenKind.QuotedString)).Or(Token.EqualTo(HclTokenKind.Number))
        from sign in Token.EqualTo(HclTokenKind.Equal).Or(Token.EqualTo(HclTokenKind.Colon))
        from value in Parse.Ref(() => Value)
        from separator in Ignore(HclTokenKind.Comma).Or(Ignore(HclTokenKind.Newline)).Or(Ahead(HclTokenKind.RightBrace))
        from blank in Newlines
        select (key, value);

    private static TokenListParser<HclTokenKind, Unit> Ignore(HclTokenKind kind) => Token.EqualTo(kind).Value(Unit.Value);

    /// <summary>Succeeds before a token of this kind, which it leaves where it is: the last item needs no separator.</summary>
    private static TokenListParser<HclTokenKind, Unit> Ahead(HclTokenKind kind) => input =>
        input.ConsumeToken() is { HasValue: true } next && next.Value.Kind == kind
            ? TokenListParserResult.Value(Unit.Value, input, input)
            : TokenListParserResult.Empty<HclTokenKind, Unit>(input, [kind]);

    private static TextSpan Between(Token<HclTokenKind> open, Token<HclTokenKind> close) =>
        new(open.Span.Source!, open.Position, close.Position.Absolute + close.Span.Length - open.Position.Absolute);
}
