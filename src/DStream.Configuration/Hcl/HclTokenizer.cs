using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>
/// Cuts the text of a file into tokens. By hand, since HCL's strings nest (an interpolation holds strings of its own) and a
/// heredoc ends where its own marker says; what is inside of a string is read later by <see cref="TemplateReader"/>.
/// </summary>
internal sealed class HclTokenizer(SourceText source, ErrorSink errors)
{
    /// <summary>The parser descends once a level, so this bounds its stack.</summary>
    internal const int MaxDepth = 32;

    private readonly string _text = source.Text;
    private readonly List<Token<HclTokenKind>> _tokens = [];
    private int _at;
    private int _braces;
    private int _brackets;

    /// <summary>The tokens, of which the last is <see cref="HclTokenKind.End"/>; null when the file is nested too deeply to go on.</summary>
    internal TokenList<HclTokenKind>? Tokenize()
    {
        while (_at < _text.Length)
        {
            if (SkipBlank())
                continue;
            var start = _at;
            var kind = Next();
            Emit(kind, start);
            if (Depth(kind) > MaxDepth)
            {
                errors.Add(
                    source.PositionAt(start),
                    $"\"{_text[start]}\" opens more than {MaxDepth} levels",
                    "no key of this file nests so deeply; look for brackets that are never closed");
                return null;
            }
        }
        Emit(HclTokenKind.End, _text.Length);
        return new TokenList<HclTokenKind>([.. _tokens]);
    }

    private void Emit(HclTokenKind kind, int start) => _tokens.Add(new Token<HclTokenKind>(kind, source.Span(start, _at)));

    /// <summary>Braces and brackets are counted apart, so that a wrong closer of one kind cannot hide openers of the other.</summary>
    private int Depth(HclTokenKind kind)
    {
        _braces = Math.Max(0, _braces + (kind == HclTokenKind.LeftBrace ? 1 : kind == HclTokenKind.RightBrace ? -1 : 0));
        _brackets = Math.Max(0, _brackets + (kind == HclTokenKind.LeftBracket ? 1 : kind == HclTokenKind.RightBracket ? -1 : 0));
        return _braces + _brackets;
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    /// <summary>Steps over one blank or comment; false when a token begins here.</summary>
    private bool SkipBlank()
    {
        var c = Peek();
        if (c is ' ' or '\t' or '\r')
            _at++;
        else if (c == '#' || (c == '/' && Peek(1) == '/'))
            _at = LineEnd();
        else if (c == '/' && Peek(1) == '*')
            SkipBlockComment();
        else
            return false;
        return true;
    }

    private void SkipBlockComment()
    {
        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end >= 0)
        {
            _at = end + 2;
            return;
        }
        errors.Add(source.PositionAt(_at), "this comment is never closed", "end it with */");
        errors.IsStructureBroken = true;
        _at = _text.Length;
    }

    private int LineEnd()
    {
        var end = _text.IndexOf('\n', _at);
        return end < 0 ? _text.Length : end;
    }

    private HclTokenKind Next()
    {
        var c = Peek();
        if (char.IsLetter(c) || c == '_')
            return Identifier();
        if (char.IsAsciiDigit(c) || (c == '-' && char.IsAsciiDigit(Peek(1))))
            return Number();
        if (c == '"')
            return QuotedString();
        if (c == '<' && Peek(1) == '<' && (IsNameStart(Peek(2)) || (Peek(2) == '-' && IsNameStart(Peek(3)))))
            return Heredoc();
        _at += char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek(1)) ? 2 : 1;
        return Punctuation(c);
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static HclTokenKind Punctuation(char c) => c switch
    {
        '\n' => HclTokenKind.Newline,
        '{' => HclTokenKind.LeftBrace,
        '}' => HclTokenKind.RightBrace,
        '[' => HclTokenKind.LeftBracket,
        ']' => HclTokenKind.RightBracket,
        '=' => HclTokenKind.Equal,
        ':' => HclTokenKind.Colon,
        ',' => HclTokenKind.Comma,
        '+' or '-' or '*' or '/' or '%' or '!' or '<' or '>' or '?' or '&' or '|' or '(' or ')' or '.' => HclTokenKind.Operator,
        _ => HclTokenKind.Unknown,
    };

    private HclTokenKind Identifier()
    {
        while (char.IsLetterOrDigit(Peek()) || Peek() is '_' or '-')
            _at++;
        return HclTokenKind.Identifier;
    }

    private HclTokenKind Number()
    {
        _at++;
        SkipDigits();
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            _at++;
            SkipDigits();
        }
        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            _at += 2;
            SkipDigits();
        }
        return HclTokenKind.Number;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
            _at++;
    }

    private HclTokenKind QuotedString()
    {
        var start = _at;
        var limit = LineEnd();
        for (_at++; _at < limit;)
        {
            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                return HclTokenKind.QuotedString;
            }
            _at = c == '\\' ? Math.Min(_at + 2, limit) : TemplateScanner.Step(_text, _at, limit);
        }
        errors.Add(
            source.PositionAt(start),
            "this string is not closed on its line",
            "end it with a double quote; for text of several lines write a heredoc (<<EOF ... EOF) and for a literal ${ write $${");
        return HclTokenKind.Broken;
    }

    private HclTokenKind Heredoc()
    {
        var start = _at;
        _at += Peek(2) == '-' ? 3 : 2;
        var nameStart = _at;
        Identifier();
        var marker = _text.AsSpan(nameStart, _at - nameStart);
        var rest = _text.AsSpan(_at, LineEnd() - _at);
        if (!rest.IsWhiteSpace())
            errors.Add(source.PositionAt(_at), $"text follows the heredoc marker {marker}", "begin the text on the next line");
        for (_at = LineEnd(); _at < _text.Length;)
        {
            _at++;
            var end = LineEnd();
            var line = _text.AsSpan(_at, end - _at);
            _at = end;
            if (line.Trim().SequenceEqual(marker))
                return rest.IsWhiteSpace() ? HclTokenKind.Heredoc : HclTokenKind.Broken;
        }
        errors.Add(
            source.PositionAt(start),
            $"this heredoc is never closed by a line {marker}",
            $"write {marker} on a line of its own after the text");
        errors.IsStructureBroken = true;
        return HclTokenKind.Broken;
    }
}
