using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>A file's text with the starts of its lines, so that any index has a position to report.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    internal SourceText(string text)
    {
        Text = text;
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
            _lineStarts.Add(i + 1);
    }

    internal string Text { get; }

    internal Position PositionAt(int index)
    {
        var line = _lineStarts.BinarySearch(index);
        if (line < 0)
            line = ~line - 1;
        return new Position(index, line + 1, index - _lineStarts[line] + 1);
    }

    internal TextSpan Span(int start, int end) => new(Text, PositionAt(start), end - start);
}
