using System.Xml.Linq;

namespace DStream.Architecture.Tests;

/// <summary>The files of this repository, as they lie on the disk.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Generated =
        new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", "node_modules", ".git", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea", ".vscode" };

    public static DirectoryInfo Root { get; } = FindRoot();

    /// <summary>The projects of <c>src</c> and <c>tests</c>, by name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } =
        new[] { "src", "tests" }.SelectMany(static folder => Root.GetDirectories(folder)[0].GetFiles("*.csproj", SearchOption.AllDirectories))
            .Where(static file => !IsGenerated(file)).ToDictionary(static file => Path.GetFileNameWithoutExtension(file.Name), Read);

    /// <summary>All files but those that are generated.</summary>
    public static IEnumerable<FileInfo> Files() => Files(Root);

    public static string Relative(FileInfo file) => Path.GetRelativePath(Root.FullName, file.FullName).Replace('\\', '/');

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.GetFiles().Where(static file => file.Name != ".git")
        .Concat(folder.GetDirectories().Where(static child => !Generated.Contains(child.Name)).SelectMany(Files));

    private static bool IsGenerated(FileInfo file) => Relative(file).Split('/').Any(Generated.Contains);

    private static Project Read(FileInfo file)
    {
        var document = XDocument.Load(file.FullName);
        string[] Included(string element) => [.. document.Descendants(element).Select(static reference => (string)reference.Attribute("Include")!)];
        return new Project(
            file, Relative(file).StartsWith("src/", StringComparison.Ordinal),
            [.. Included("ProjectReference").Select(static path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))], Included("PackageReference"));
    }

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DStream.sln"))) folder = folder.Parent;
        return folder ?? throw new InvalidOperationException("DStream.sln lies in no folder above the tests.");
    }
}
