using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>What stands between the braces of a block, or in the file as a whole.</summary>
internal sealed class HclBody
{
    internal List<HclAttribute> Attributes { get; } = [];

    internal List<HclBlock> Blocks { get; } = [];
}

internal sealed record HclAttribute(string Name, Position Position, HclValue Value);

internal sealed record HclBlock(string Type, Position Position, IReadOnlyList<Token<HclTokenKind>> Labels, HclBody Body);
