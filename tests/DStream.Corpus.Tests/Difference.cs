using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace DStream.Corpus.Tests;

/// <summary>Two texts that should be one, shown line by line.</summary>
internal static class Difference
{
    /// <summary>Lines that only the first has begin with -, those that only the second has with +.</summary>
    public static string Between(string first, string second) => string.Join('\n', InlineDiffBuilder.Diff(first, second).Lines.Select(static line => line.Type switch
    {
        ChangeType.Deleted => "- " + line.Text,
        ChangeType.Inserted => "+ " + line.Text,
        _ => "  " + line.Text,
    }));
}
