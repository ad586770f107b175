namespace DStream.Configuration.Hcl;

/// <summary>The lines of a heredoc, without the two that hold its marker.</summary>
internal static class HeredocLines
{
    /// <summary>
    /// Start and end of each line in the source. With <c>&lt;&lt;-</c> the indentation that all lines share is left out, counted
    /// as HCL does over the lines that are not empty.
    /// </summary>
    internal static IReadOnlyList<(int Start, int End)> Of(string text, int start, int end)
    {
        var lines = new List<(int Start, int End)>();
        var at = text.IndexOf('\n', start, end - start) + 1;
        var lastLine = text.LastIndexOf('\n', end - 1, end - start) + 1;
        while (at < lastLine)
        {
            var lineEnd = text.IndexOf('\n', at);
            var trimmed = lineEnd > at && text[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
            lines.Add((at, trimmed));
            at = lineEnd + 1;
        }
        if (text[start + 2] != '-')
            return lines;
        var indent = lines.Where(l => !Blank(text, l)).Select(l => Indent(text, l)).DefaultIfEmpty(0).Min();
        return [.. lines.Select(l => (l.Start + Math.Min(indent, l.End - l.Start), l.End))];
    }

    private static bool Blank(string text, (int Start, int End) line) => text.AsSpan(line.Start, line.End - line.Start).IsWhiteSpace();

    private static int Indent(string text, (int Start, int End) line)
    {
        var at = line.Start;
        while (at < line.End && text[at] is ' ' or '\t')
            at++;
        return at - line.Start;
    }
}
