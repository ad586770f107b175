using System.Text.RegularExpressions;

namespace DStream.Corpus.Tests;

/// <summary>
/// A file of the corpus: comments that say what it is, the parameters as declarations with sample values, a line that ends them, and the
/// statement. As it stands it runs in any client of SQL Server, in a database that the folder's files before it have prepared.
/// </summary>
internal sealed partial record CorpusFile(
    string Path, IReadOnlyList<CorpusParameter> Parameters, string Statement, string? Until, IReadOnlySet<string> Volatile)
{
    /// <summary>Between the parameters and the statement.</summary>
    public const string Line = "-- Statement:";

    private const string UntilMark = "-- Until: ";
    private const string VolatileMark = "-- Volatile: ";

    /// <summary>Folder and name, for people and for tests.</summary>
    public string Name => $"{System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path))}/{System.IO.Path.GetFileNameWithoutExtension(Path)}";

    /// <summary>What the server answered when it was approved.</summary>
    public string ApprovedPath => System.IO.Path.ChangeExtension(Path, ".approved.txt");

    /// <summary>Batches, parted by lines of GO.</summary>
    public IReadOnlyList<string> Batches => [.. Separator().Split(Statement).Select(static batch => batch.Trim()).Where(static batch => batch.Length > 0)];

    /// <summary>What the wire carries: parameters by name and type, and the text.</summary>
    public string Signature => SignatureOf(Parameters, Statement);

    public static string SignatureOf(IEnumerable<CorpusParameter> parameters, string statement) =>
        string.Concat(parameters.Select(static parameter => $"{parameter.Name} {parameter.Type}\n")) + statement;

    public static CorpusFile Load(string path)
    {
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var end = Array.IndexOf(lines, Line);
        if (end < 0) throw new FormatException($"{path} has no line '{Line}'.");
        var header = lines[..end];
        if (!header[0].StartsWith("-- ", StringComparison.Ordinal)) throw new FormatException($"{path} does not begin with a comment that says what it is.");
        var declared = header.Where(static line => !line.StartsWith("--", StringComparison.Ordinal)).Select(line => Declaration().Match(line) is { Success: true } match
            ? new CorpusParameter(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
            : throw new FormatException($"{path}: '{line}' is neither a comment nor DECLARE @name type = value;"));
        return new CorpusFile(
            path, [.. declared], Included(path, string.Join('\n', lines[(end + 1)..])), ValueOf(header, UntilMark),
            (ValueOf(header, VolatileMark) ?? "").Split(", ", StringSplitOptions.RemoveEmptyEntries).ToHashSet());
    }

    private static string? ValueOf(string[] header, string mark) =>
        Array.Find(header, line => line.StartsWith(mark, StringComparison.Ordinal)) is { } found ? found[mark.Length..] : null;

    /// <summary>A statement of <c>:r path</c> stands for that file, as in sqlcmd.</summary>
    private static string Included(string path, string statement) => statement.StartsWith(":r ", StringComparison.Ordinal)
        ? File.ReadAllText(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, statement[3..].Trim())).ReplaceLineEndings("\n").TrimEnd('\n')
        : statement;

    [GeneratedRegex("^GO *$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^DECLARE (@\w+) (\w+(?:\(\d+\))?) = (.+);$")]
    private static partial Regex Declaration();
}
