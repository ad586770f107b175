using DStream.Configuration.Hcl;
using DStream.Configuration.Schema;
using Superpower.Model;

namespace DStream.Configuration.Binding;

/// <summary>
/// A block held against its schema. Opening it reports every key and block that does not belong here, stands here twice or is
/// missing; the typed readers are in <see cref="SectionValues"/>.
/// </summary>
internal sealed class Section
{
    private readonly HclBody _body;

    private Section(BlockSchema schema, HclBody body, string path, Position position, BindContext context, bool isEvaluated)
    {
        (Schema, _body, Path, Position, Context, IsEvaluated) = (schema, body, path, position, context, isEvaluated);
        CheckAttributes();
        CheckBlocks();
    }

    internal BlockSchema Schema { get; }

    /// <summary>The block's name with those around it, as errors print it.</summary>
    internal string Path { get; }

    internal Position Position { get; }

    internal BindContext Context { get; }

    /// <summary>
    /// Whether environment variables are read. A block of a role that this process does not have is checked as far as that is
    /// possible without its secrets.
    /// </summary>
    internal bool IsEvaluated { get; }

    internal ErrorSink Errors => Context.Errors;

    internal static Section OfFile(HclBody body, BindContext context) =>
        new(ConfigSchema.File, body, "", new Position(0, 1, 1), context, isEvaluated: true);

    internal HclAttribute? Attribute(string key) =>
        _body.Attributes.Find(a => a.Name == Schema.Key(key).Name) is { Value: not HclNull } found ? found : null;

    /// <summary>The block of this name; null when it is left out, which is an error already where it is required.</summary>
    internal Section? Block(string name, bool? isEvaluated = null) => Blocks(name, isEvaluated).FirstOrDefault();

    internal IEnumerable<Section> Blocks(string name, bool? isEvaluated = null)
    {
        var schema = Schema.Block(name);
        var found = _body.Blocks.Where(b => schema.IsCalled(b.Type));
        return (schema.MayRepeat ? found : found.Take(1)).Select(b => Open(schema, b, isEvaluated ?? IsEvaluated)).ToList();
    }

    /// <summary>Reports a key that its block needs.</summary>
    internal void ReportMissing(string key, string remedy) => Errors.Add(Position, $"block {Path} has no key {key}", remedy);

    private Section Open(BlockSchema schema, HclBlock block, bool isEvaluated)
    {
        foreach (var label in block.Labels.Take(1))
            Errors.Add(label.Position, $"block {block.Type} takes no label", $"write {block.Type} {{ ... }}");
        var path = Path.Length == 0 ? block.Type : $"{Path}.{block.Type}";
        return new Section(schema, block.Body, path, block.Position, Context, isEvaluated);
    }

    private void CheckAttributes()
    {
        var seen = new HashSet<string>();
        foreach (var attribute in _body.Attributes.TakeWhile(_ => !Errors.IsFull))
        {
            var key = Shown.Excerpt(attribute.Name);
            if (Schema.Keys.Any(k => k.Name == attribute.Name))
            {
                if (!seen.Add(attribute.Name))
                    Errors.Add(attribute.Position, $"key {key} stands twice in {Place}", "keep one of the two");
            }
            else if (Schema.Blocks.Any(b => b.IsCalled(attribute.Name)))
                Errors.Add(attribute.Position, $"{key} is a block, not a key", $"write {key} {{ ... }} without the =");
            else
                Errors.Add(attribute.Position, $"unknown key {key} in {Place}", Nearest.Suggest(attribute.Name, Names()));
        }
        foreach (var missing in Schema.Keys.Where(k => k.IsRequired && Attribute(k.Name) is null))
            ReportMissing(missing.Name, $"add {missing.Name} = {(missing.Type == KeyType.StringList ? "[\"...\"]" : "\"...\"")}");
    }

    private void CheckBlocks()
    {
        var seen = new HashSet<BlockSchema>();
        foreach (var block in _body.Blocks.TakeWhile(_ => !Errors.IsFull))
        {
            var name = Shown.Excerpt(block.Type);
            if (Schema.Blocks.FirstOrDefault(b => b.IsCalled(block.Type)) is { } known)
            {
                if (!seen.Add(known) && !known.MayRepeat)
                    Errors.Add(block.Position, $"block {name} stands twice in {Place}", AliasNote(known) + "put its keys into one block");
            }
            else if (Schema.Keys.Any(k => k.Name == block.Type))
                Errors.Add(block.Position, $"{name} is a key, not a block", $"write {name} = ...");
            else
                Errors.Add(block.Position, $"unknown block {name} in {Place}", Nearest.Suggest(block.Type, Names()));
        }
        foreach (var missing in Schema.Blocks.Where(b => b.IsRequired && !seen.Contains(b)))
            Errors.Add(Position, $"block {Path} has no block {missing.Name}", $"add {missing.Name} {{ ... }}");
    }

    private string Place => Path.Length == 0 ? "the file" : $"block {Path}";

    private static string AliasNote(BlockSchema schema) =>
        schema.Aliases.Count == 0 ? "" : $"{string.Join(" and ", [schema.Name, .. schema.Aliases])} are names of the same block; ";

    private List<string> Names() =>
        [.. Schema.Keys.Select(k => k.Name), .. Schema.Blocks.SelectMany(b => (string[])[b.Name, .. b.Aliases])];
}
