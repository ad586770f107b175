using System.Text.RegularExpressions;
using DStream.Configuration.Schema;

namespace DStream.Configuration.Tests.Schema;

/// <summary>Holds docs/configuration.md against the schema that the binder reads, so that it cannot drift.</summary>
public sealed partial class DocumentationTests
{
    private sealed record Row(string Key, string Type, string Default, string Allowed);

    [Fact]
    public void Documentation_Blocks_AreThoseOfSchema()
    {
        Assert.Equal(Blocks(ConfigSchema.File, "").Select(b => b.Path).Order(), Documented().Keys.Order());
    }

    [Fact]
    public void Documentation_Keys_AreThoseOfSchema()
    {
        var documented = Documented();

        foreach (var (path, block) in Blocks(ConfigSchema.File, ""))
        {
            Assert.Equal(
                block.Keys.Select(k => $"{path}.{k.Name}: {k.TypeText}"),
                documented[path].Select(r => $"{path}.{r.Key}: {r.Type}"));
        }
    }

    [Fact]
    public void Documentation_DefaultsAndRanges_AreThoseOfSchema()
    {
        var documented = Documented();

        foreach (var (path, block) in Blocks(ConfigSchema.File, ""))
        {
            foreach (var (key, row) in block.Keys.Zip(documented[path]))
            {
                Assert.Equal($"{path}.{key.Name}: {key.AllowedText}", $"{path}.{key.Name}: {row.Allowed}");
                if (key.IsRequired)
                    Assert.Equal($"{path}.{key.Name}: required", $"{path}.{key.Name}: {row.Default}");
                else if (key.DefaultText.Length > 0)
                    Assert.Equal($"{path}.{key.Name}: {key.DefaultText}", $"{path}.{key.Name}: {row.Default}");
                else
                    Assert.Matches("^(from|of|required unless) ", row.Default);
            }
        }
    }

    [Fact]
    public void Documentation_HclBlocks_Load()
    {
        var text = File.ReadAllText(Files.Path("configuration.md"));
        var example = Fence().Match(text).Groups["hcl"].Value;

        var result = ConfigLoader.Parse(example, "example", KnownProviders.Shipped, name => name.Contains("DB_", StringComparison.Ordinal) ? Config.Sql : name.Contains("BLOB", StringComparison.Ordinal) ? Config.Blob : Config.Bus);

        Assert.Empty(result.Errors);
    }

    [Fact]
    public void TopLevelFile_CommentedKeys_AreTheRestOfSchema()
    {
        var words = Word().Matches(File.ReadAllText(Files.Path("dstream.hcl"))).Select(m => m.Value).ToHashSet();

        foreach (var (path, block) in Blocks(ConfigSchema.File, ""))
            Assert.All(block.Keys, key => Assert.True(words.Contains(key.Name), $"dstream.hcl does not mention {path}.{key.Name}"));
    }

    private static IEnumerable<(string Path, BlockSchema Block)> Blocks(BlockSchema schema, string prefix) =>
        schema.Blocks.SelectMany(b => Blocks(b, $"{prefix}{b.Name}.").Prepend((prefix + b.Name, b)));

    private static Dictionary<string, List<Row>> Documented()
    {
        var blocks = new Dictionary<string, List<Row>>();
        List<Row>? rows = null;
        foreach (var line in File.ReadAllLines(Files.Path("configuration.md")))
        {
            if (line.StartsWith('#'))
                rows = Heading().Match(line) is { Success: true } heading ? blocks[heading.Groups["path"].Value] = [] : null;
            else if (rows is not null && line.StartsWith("| `", StringComparison.Ordinal))
            {
                var cells = line.Split('|', StringSplitOptions.TrimEntries).Select(c => c.Replace("`", "", StringComparison.Ordinal)).ToList();
                rows.Add(new Row(cells[1], cells[2], cells[3], cells[4]));
            }
        }
        return blocks;
    }

    [GeneratedRegex("^##+ `(?<path>[a-z_.]+)`$")]
    private static partial Regex Heading();

    [GeneratedRegex("```hcl\n(?<hcl>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("[a-z_]+")]
    private static partial Regex Word();
}
