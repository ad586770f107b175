using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DStream.Configuration.Hcl;

/// <summary>
/// Reads what is inside of a string: escapes, and the two interpolations. Variables are evaluated later and into the parsed
/// string, never into the source, so that any character may stand in a password.
/// </summary>
internal sealed class TemplateReader(SourceText source, ErrorSink errors, bool isSecret)
{
    private const string OnlyEnv = "only environment variables are read into a string, as ${env(\"NAME\")} or {{ env \"NAME\" }}; ";
    private readonly string _text = source.Text;
    private readonly List<TemplatePart> _parts = [];
    private readonly StringBuilder _literal = new();
    private int _literalStart;
    private bool _isBroken;

    /// <summary>The parts of a quoted string or heredoc, or null when it has errors.</summary>
    internal IReadOnlyList<TemplatePart>? Read(HclString value)
    {
        var start = value.Span.Position.Absolute;
        var end = start + value.Span.Length;
        _literalStart = start;
        if (value.IsHeredoc)
            ReadHeredoc(start, end);
        else
            ReadRange(start + 1, end - 1, hasEscapes: true);
        EndLiteral();
        return _isBroken ? null : _parts;
    }

    private void ReadHeredoc(int start, int end)
    {
        var lines = HeredocLines.Of(_text, start, end);
        foreach (var (lineStart, lineEnd) in lines)
        {
            ReadRange(lineStart, lineEnd, hasEscapes: false);
            _literal.Append('\n');
        }
    }

    private void ReadRange(int at, int limit, bool hasEscapes)
    {
        while (at < limit)
        {
            var c = _text[at];
            if (hasEscapes && c == '\\')
                at = ReadEscape(at, limit);
            else if (TemplateScanner.IsAt(_text, at, limit, "$${") || TemplateScanner.IsAt(_text, at, limit, "%%{"))
            {
                _literal.Append(c).Append('{');
                at += 3;
            }
            else if (TemplateScanner.IsAt(_text, at, limit, "${") || TemplateScanner.IsAt(_text, at, limit, "%{") || TemplateScanner.IsAt(_text, at, limit, "{{"))
                at = ReadInterpolation(at, limit);
            else
            {
                _literal.Append(c);
                at++;
            }
        }
    }

    private int ReadInterpolation(int at, int limit)
    {
        var match = _text[at] == '{' ? TemplateScanner.GoTemplate(_text, at, limit) : TemplateScanner.EnvCall(_text, at, limit);
        if (match is null)
            return Refuse(at, limit);
        return AddVariable(at, match);
    }

    private int AddVariable(int at, Match match)
    {
        var name = match.Groups["name"].Value;
        var nameIndex = match.Groups["name"].Index;
        if (name.Length == 0 || name.Any(c => c is '=' or '\0' || char.IsWhiteSpace(c)))
            Fail(
                nameIndex,
                $"\"{name}\" is no name of an environment variable",
                "write its name, as in ${env(\"DSTREAM_DB_CONNECTION_STRING\")}");
        EndLiteral();
        _parts.Add(new TemplatePart(null, name, source.PositionAt(at)));
        _literalStart = at + match.Length;
        return at + match.Length;
    }

    private int Refuse(int at, int limit)
    {
        var isGo = _text[at] == '{';
        var close = isGo ? _text.IndexOf("}}", at, limit - at, StringComparison.Ordinal) : -1;
        var end = !isGo ? TemplateScanner.Step(_text, at, limit) : close < 0 ? limit : close + 2;
        var shown = isSecret ? "an interpolation" : Shown.Excerpt(_text[at..end]);
        var opener = _text.Substring(at, 2);
        var literal = isGo ? "for a literal {{ write {\\u007b" : $"for a literal {opener} write {opener[0]}{opener}";
        Fail(at, $"{shown} is not understood", OnlyEnv + literal);
        return end;
    }

    private int ReadEscape(int at, int limit)
    {
        var c = at + 1 < limit ? _text[at + 1] : '\0';
        if (c is 'u' or 'U')
            return ReadUnicode(at, limit, c == 'u' ? 4 : 8);
        char? plain = c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '"' => '"', '\\' => '\\', _ => null };
        if (plain is { } value)
            _literal.Append(value);
        else
            Fail(
                at,
                isSecret ? "an escape is unknown" : $"\\{c} is no escape",
                "the escapes are \\n \\r \\t \\\" \\\\ \\uXXXX and \\UXXXXXXXX; a backslash is written \\\\");
        return at + 2;
    }

    private int ReadUnicode(int at, int limit, int digits)
    {
        var end = at + 2 + digits;
        if (end <= limit
            && int.TryParse(_text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && Rune.IsValid(code))
        {
            _literal.Append(new Rune(code).ToString());
            return end;
        }
        Fail(
            at,
            isSecret ? "an escape is broken" : $"{Shown.Excerpt(_text[at..Math.Min(end, limit)])} names no character",
            "write \\u with 4 or \\U with 8 hexadecimal digits, up to \\U0010FFFF and no half of a surrogate pair");
        return Math.Min(at + 2, limit);
    }

    private void EndLiteral()
    {
        if (_literal.Length == 0)
            return;
        _parts.Add(new TemplatePart(_literal.ToString(), null, source.PositionAt(_literalStart)));
        _literal.Clear();
    }

    private void Fail(int at, string message, string remedy)
    {
        _isBroken = true;
        errors.Add(source.PositionAt(at), message, remedy);
    }
}
