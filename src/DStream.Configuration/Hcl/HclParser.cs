using DStream.Configuration.Schema;
using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>
/// Reads the bodies of a file: attributes and blocks. After an error it goes on at the next statement, so that one run shows
/// every mistake.
/// </summary>
internal sealed class HclParser
{
    private readonly SourceText _source;
    private readonly ErrorSink _errors;
    private TokenList<HclTokenKind> _rest;
    private int _depth;
    private bool _isAfterBrokenSecret;

    private HclParser(SourceText source, ErrorSink errors, TokenList<HclTokenKind> tokens)
    {
        _source = source;
        _errors = errors;
        _rest = tokens;
    }

    /// <summary>The file's body as far as it can be understood; null when nothing can.</summary>
    internal static HclBody? Parse(string text, ErrorSink errors)
    {
        var source = new SourceText(text);
        var tokens = new HclTokenizer(source, errors).Tokenize();
        return tokens is { } list ? new HclParser(source, errors, list).ParseBody(null) : null;
    }

    private Token<HclTokenKind> Peek() => _rest.ConsumeToken().Value;

    private Token<HclTokenKind> Next()
    {
        var result = _rest.ConsumeToken();
        // The end stays, so that every loop finds it.
        if (result.Value.Kind != HclTokenKind.End)
            _rest = result.Remainder;
        return result.Value;
    }

    private HclBody ParseBody(Token<HclTokenKind>? opener)
    {
        var body = new HclBody();
        while (true)
        {
            var token = Peek();
            if (IsRestOfSecret(token))
            {
                SkipStatement();
                continue;
            }
            switch (token.Kind)
            {
                case HclTokenKind.Newline:
                    Next();
                    break;
                case HclTokenKind.End:
                    if (opener is { } open)
                        Broken(
                            open.Position,
                            $"block \"{Shown.Excerpt(open.ToStringValue())}\" is never closed",
                            "add the } that closes it");
                    return body;
                case HclTokenKind.RightBrace when opener is not null:
                    Next();
                    return body;
                case HclTokenKind.Identifier:
                    ParseStatement(body);
                    break;
                default:
                    RefuseStatement(token);
                    break;
            }
        }
    }

    /// <summary>
    /// Whether this line goes on with a secret whose string was not closed on the line before: a connection string pasted with a
    /// line break in it. Such a line is passed over in silence, since an error would print it (I8); one that begins with a
    /// known name is a line of the file again.
    /// </summary>
    private bool IsRestOfSecret(Token<HclTokenKind> token)
    {
        if (token.Kind is HclTokenKind.Newline or HclTokenKind.End or HclTokenKind.RightBrace)
            return false;
        _isAfterBrokenSecret = _isAfterBrokenSecret && !ConfigSchema.IsName(token.ToStringValue());
        return _isAfterBrokenSecret;
    }

    private void RefuseStatement(Token<HclTokenKind> token)
    {
        if (token.Kind == HclTokenKind.RightBrace)
            Broken(token.Position, "this } closes nothing", "remove it, or look for a block above that was closed too early");
        else if (token.Kind is HclTokenKind.QuotedString)
            _errors.Add(token.Position, "a key stands in quotes", "write the key without quotes: key = value");
        else if (token.Kind != HclTokenKind.Broken)
            _errors.Add(token.Position, $"unexpected {HclMistakes.Describe(token, isSecret: false)}", "a line begins with the name of a key or block");
        Next();
        if (token.Kind != HclTokenKind.RightBrace)
            SkipStatement();
    }

    private void ParseStatement(HclBody body)
    {
        var name = Next();
        var next = Peek();
        switch (next.Kind)
        {
            case HclTokenKind.Equal:
                ParseAttribute(body, name);
                break;
            case HclTokenKind.Colon:
                _errors.Add(
                    next.Position,
                    $"key \"{Shown.Excerpt(name.ToStringValue())}\" is followed by a colon",
                    "write = between a key and its value");
                ParseAttribute(body, name);
                break;
            case HclTokenKind.LeftBrace or HclTokenKind.QuotedString or HclTokenKind.Identifier:
                ParseBlock(body, name);
                break;
            default:
                var text = Shown.Excerpt(name.ToStringValue());
                _errors.Add(
                    name.Position,
                    $"\"{text}\" is followed by {HclMistakes.Describe(next, Shown.IsSecretKey(text))}",
                    $"write {text} = value for a key, or {text} {{ ... }} for a block");
                SkipStatement();
                break;
        }
    }

    private void ParseBlock(HclBody body, Token<HclTokenKind> name)
    {
        var labels = new List<Token<HclTokenKind>>();
        while (Peek().Kind is HclTokenKind.QuotedString or HclTokenKind.Identifier)
            labels.Add(Next());
        var brace = Peek();
        var text = Shown.Excerpt(name.ToStringValue());
        if (brace.Kind != HclTokenKind.LeftBrace)
        {
            _errors.Add(
                labels[0].Position,
                $"\"{text}\" is followed by {HclMistakes.Describe(labels[0], Shown.IsSecretKey(text))}",
                $"write {text} = value for a key, or {text} {{ ... }} for a block");
            SkipStatement();
            return;
        }
        Next();
        // The tokenizer's limit holds for balanced text; where braces and brackets cross, this one does.
        if (++_depth > HclTokenizer.MaxDepth)
        {
            Broken(brace.Position, $"blocks are nested more than {HclTokenizer.MaxDepth} deep", "look for blocks that are never closed");
            while (Peek().Kind != HclTokenKind.End)
                Next();
        }
        body.Blocks.Add(new HclBlock(name.ToStringValue(), name.Position, labels, ParseBody(name)));
        _depth--;
        ExpectLineEnd("a block");
    }

    private void ParseAttribute(HclBody body, Token<HclTokenKind> name)
    {
        var key = name.ToStringValue();
        var isSecret = Shown.IsSecretKey(key);
        Next();
        var start = _rest;
        var result = HclGrammar.Value(_rest);
        var value = result.HasValue ? result.Value : new HclBroken(Peek().Span);
        if (result.HasValue && IsNumberWithUnit(value, result.Remainder))
            value = new HclBroken(value.Span);
        body.Attributes.Add(new HclAttribute(key, name.Position, value));
        if (!result.HasValue)
        {
            HclMistakes.ReportValue(_errors, result, key, isSecret, isFirstToken: result.Remainder == start);
            SkipBrokenValue(start, result.Remainder);
            return;
        }
        _rest = result.Remainder;
        ReadStrings(value, isSecret);
        _isAfterBrokenSecret = isSecret && value is HclBroken;
        if (value is HclBroken)
            SkipStatement();
        else
            ExpectLineEnd("a value", isSecret);
    }

    /// <summary>Reports <c>5s</c>, which is two tokens and meant as one.</summary>
    private bool IsNumberWithUnit(HclValue value, TokenList<HclTokenKind> rest)
    {
        var next = rest.ConsumeToken().Value;
        var isUnit = value is HclNumber
            && next.Kind == HclTokenKind.Identifier
            && next.Position.Absolute == value.Position.Absolute + value.Span.Length;
        if (isUnit)
            _errors.Add(value.Position, "a number is followed by letters", "write it in double quotes, as in \"5s\"");
        return isUnit;
    }

    private void ReadStrings(HclValue value, bool isSecret)
    {
        switch (value)
        {
            case HclString text:
                text.Parts = new TemplateReader(_source, _errors, isSecret).Read(text);
                break;
            case HclList list:
                foreach (var item in list.Items)
                    ReadStrings(item, isSecret);
                break;
            case HclObject map:
                foreach (var (_, item) in map.Entries)
                    ReadStrings(item, isSecret);
                break;
        }
    }

    /// <summary>
    /// Skips to the end of the value's line, lists and objects as a whole; where its brackets do not close, to the end of the line
    /// of the mistake, since the rest of the file is worth reading.
    /// </summary>
    private void SkipBrokenValue(TokenList<HclTokenKind> start, TokenList<HclTokenKind> mistake)
    {
        _rest = start;
        if (SkipStatement() && _rest.Position >= mistake.Position)
            return;
        _rest = mistake;
        SkipStatement();
    }

    /// <summary>Skips to the end of the line, brackets as a whole. False when a bracket was not closed by its like.</summary>
    private bool SkipStatement()
    {
        var open = new Stack<HclTokenKind>();
        while (true)
        {
            var kind = Peek().Kind;
            if (kind == HclTokenKind.End)
                return open.Count == 0;
            if (open.Count == 0 && kind is HclTokenKind.Newline or HclTokenKind.RightBrace && open.Count == 0)
                return true;
            if (kind is HclTokenKind.LeftBrace or HclTokenKind.LeftBracket)
                open.Push(kind);
            else if (kind is HclTokenKind.RightBrace or HclTokenKind.RightBracket && open.TryPop(out var opener)
                && (opener == HclTokenKind.LeftBrace) != (kind == HclTokenKind.RightBrace))
                return false;
            Next();
        }
    }

    private void ExpectLineEnd(string what, bool isSecret = false)
    {
        var token = Peek();
        if (token.Kind is HclTokenKind.Newline or HclTokenKind.End or HclTokenKind.RightBrace)
            return;
        if (token.Kind == HclTokenKind.Broken)
        {
            SkipStatement();
            return;
        }
        var remedy = token.Kind == HclTokenKind.Operator
            ? "expressions are not evaluated here; write the value itself"
            : "begin the next key or block on a line of its own";
        _errors.Add(token.Position, $"{HclMistakes.Describe(token, isSecret)} follows {what} on the same line", remedy);
        // A key or block that lacks only its line break is read on; anything else would be reported twice.
        var isStatement = token.Kind == HclTokenKind.Identifier
            && _rest.ConsumeToken().Remainder.ConsumeToken().Value.Kind is HclTokenKind.Equal or HclTokenKind.LeftBrace;
        if (!isStatement || isSecret)
            SkipStatement();
    }

    private void Broken(Position position, string message, string remedy)
    {
        _errors.Add(position, message, remedy);
        _errors.IsStructureBroken = true;
    }
}
