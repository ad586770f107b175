using System.Text.RegularExpressions;

namespace DStream.Architecture.Tests;

/// <summary>What the files of this repository must and must not hold.</summary>
public sealed partial class FileTests
{
    private static readonly string[] Texts =
        [".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".jsonc", ".md", ".yml", ".yaml", ".hcl", ".xml", ".config", ".sql", ".js", ".mjs", ".sh", ".txt", ".npmrc", ""];

    public static TheoryData<string> Projects => [.. Repository.Projects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_LockFile_LiesBesideIt(string name) =>
        Assert.True(File.Exists(Path.Combine(Repository.Projects[name].File.DirectoryName!, "packages.lock.json")));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_IsInTheSolution(string name) => Assert.Contains(
        $"\"{name}\"", File.ReadAllText(Path.Combine(Repository.Root.FullName, "DStream.sln")), StringComparison.Ordinal);

    // Whoever builds has a registry of their own.
    [Fact]
    public void Files_PackageRegistries_AreNotNamed() => AssertNowhere(RegistryHost());

    [Fact]
    public void Files_PathsOfAMachine_AreNotNamed() => AssertNowhere(MachinePath());

    [Fact]
    public void PackageLocks_Packages_HaveIntegrityAndNoAddress() => Assert.All(
        Repository.Files().Where(static file => file.Name == "package-lock.json"), static file =>
        {
            var text = File.ReadAllText(file.FullName);
            Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
            Assert.Contains("\"integrity\"", text, StringComparison.Ordinal);
        });

    private static void AssertNowhere(Regex forbidden)
    {
        var found = Repository.Files().Where(static file => Texts.Contains(file.Extension.ToLowerInvariant()) || file.Name.StartsWith('.'))
            .SelectMany(file => File.ReadLines(file.FullName).Index()
                .Where(line => forbidden.IsMatch(line.Item))
                .Select(line => $"{Repository.Relative(file)}:{line.Index + 1}: {forbidden.Match(line.Item).Value}"));
        Assert.Empty(found);
    }

    // In brackets, so that these lines do not match themselves.
    [GeneratedRegex("registry[.]npmjs[.]|registry[.]yarnpkg[.]|api[.]nuget[.]org|pkgs[.]dev[.]azure[.]com|/artifactor[y]/|/nexus/repositor[y]")]
    private static partial Regex RegistryHost();

    [GeneratedRegex("(?<![A-Za-z0-9_.])/(work/(wt|main|shared)|root/[.A-Za-z]|home/(?!app\\b|nonroot\\b)[a-z])|[C-Z]:\\\\\\\\?Users\\\\")]
    private static partial Regex MachinePath();
}
