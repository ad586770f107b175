using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>A value as it stands in the file.</summary>
internal abstract class HclValue(TextSpan span)
{
    internal TextSpan Span { get; } = span;

    internal Position Position => Span.Position;

    /// <summary>What an error calls this kind of value.</summary>
    internal abstract string Kind { get; }
}

internal sealed class HclString(TextSpan span, bool isHeredoc) : HclValue(span)
{
    internal bool IsHeredoc { get; } = isHeredoc;

    /// <summary>Filled after the parse; stays null when the string has errors, which are reported then.</summary>
    internal IReadOnlyList<TemplatePart>? Parts { get; set; }

    internal override string Kind => "a string";
}

internal sealed class HclNumber(TextSpan span) : HclValue(span)
{
    internal override string Kind => "a number";
}

internal sealed class HclBool(TextSpan span, bool value) : HclValue(span)
{
    internal bool Value { get; } = value;

    internal override string Kind => "a boolean";
}

internal sealed class HclNull(TextSpan span) : HclValue(span)
{
    internal override string Kind => "null";
}

internal sealed class HclList(TextSpan span, IReadOnlyList<HclValue> items) : HclValue(span)
{
    internal IReadOnlyList<HclValue> Items { get; } = items;

    internal override string Kind => "a list";
}

internal sealed class HclObject(TextSpan span, IReadOnlyList<(Token<HclTokenKind> Key, HclValue Value)> entries) : HclValue(span)
{
    internal IReadOnlyList<(Token<HclTokenKind> Key, HclValue Value)> Entries { get; } = entries;

    internal override string Kind => "an object";
}

/// <summary>A value whose error is reported already; nothing more is said about it.</summary>
internal sealed class HclBroken(TextSpan span) : HclValue(span)
{
    internal override string Kind => "a broken value";
}
