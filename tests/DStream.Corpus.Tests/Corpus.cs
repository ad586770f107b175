namespace DStream.Corpus.Tests;

/// <summary>The files under tests/corpus: a folder is a story that one database lives through, file by file in the order of their names.</summary>
internal static class Corpus
{
    /// <summary>The folder of what DStream itself sends.</summary>
    public const string DStream = "dstream";

    private static readonly string Root = FindRoot();

    public static IEnumerable<string> Folders => Directory.GetDirectories(Root).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static IReadOnlyList<CorpusFile> Files(string folder) =>
        [.. Directory.GetFiles(PathOf(folder), "*.sql").Order(StringComparer.Ordinal).Select(CorpusFile.Load)];

    public static string PathOf(string folder) => Path.Combine(Root, folder);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DStream.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("DStream.sln lies in no folder above the tests."), "tests", "corpus");
    }
}
