namespace DStream.Configuration.Schema;

/// <summary>A block: the keys and blocks it may hold.</summary>
internal sealed record BlockSchema(string Name, IReadOnlyList<KeySchema> Keys, IReadOnlyList<BlockSchema> Blocks)
{
    /// <summary>Other names of the same block.</summary>
    internal IReadOnlyList<string> Aliases { get; init; } = [];

    internal bool IsRequired { get; init; }

    internal bool MayRepeat { get; init; }

    internal KeySchema Key(string name) => Keys.Single(key => key.Name == name);

    internal BlockSchema Block(string name) => Blocks.Single(block => block.Name == name);

    internal bool IsCalled(string name) => Name == name || Aliases.Contains(name);
}
