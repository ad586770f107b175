namespace DStream.Configuration.Schema;

/// <summary>A key of a block. The binder takes default and range from here, and a test holds docs/configuration.md against it.</summary>
internal sealed record KeySchema(string Name, KeyType Type)
{
    internal bool IsRequired { get; init; }

    /// <summary>The value of a key that is left out, where it does not depend on other keys.</summary>
    internal object? Default { get; init; }

    /// <summary>Inclusive; a long or a TimeSpan.</summary>
    internal object? Min { get; init; }

    /// <inheritdoc cref="Min"/>
    internal object? Max { get; init; }

    /// <summary>The words a string may be, when it may not be any.</summary>
    internal IReadOnlyList<string> Choices { get; init; } = [];

    internal string TypeText => Type switch
    {
        KeyType.StringList => "list of strings",
        KeyType.Duration => "duration",
        KeyType.Integer => "integer",
        KeyType.Boolean => "boolean",
        _ => "string",
    };

    internal string DefaultText => Default is null ? "" : Show(Default);

    internal string AllowedText =>
        Choices.Count > 0 ? string.Join(", ", Choices.Select(Show)) : Min is not null && Max is not null ? $"{Show(Min)} to {Show(Max)}" : "";

    private static string Show(object value) => value switch
    {
        TimeSpan span => $"\"{GoDuration.Format(span)}\"",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => FormattableString.Invariant($"{value}"),
    };
}
