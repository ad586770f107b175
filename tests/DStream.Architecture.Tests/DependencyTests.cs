using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace DStream.Architecture.Tests;

/// <summary>Dependencies point one way: Core, then configuration and providers, then hosting, then the hosts, then the sandbox.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Providers = ["DStream.SqlServer", "DStream.ServiceBus", "DStream.RabbitMq", "DStream.AzureBlob", "DStream.InMemory"];
    private static readonly string[] StandIns = ["DStream.StandIns.SqlServer", "DStream.StandIns.ServiceBus", "DStream.StandIns.Proxy"];

    // Each project of src and what it may refer to, all that comes with that included.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["DStream.Core"] = [],
        ["DStream.Configuration"] = ["DStream.Core"],
        ["DStream.SqlServer"] = ["DStream.Core"],
        ["DStream.ServiceBus"] = ["DStream.Core"],
        ["DStream.RabbitMq"] = ["DStream.Core"],
        ["DStream.AzureBlob"] = ["DStream.Core"],
        ["DStream.InMemory"] = ["DStream.Core"],
        ["DStream.Hosting"] = ["DStream.Core", "DStream.Configuration", .. Providers],
        ["DStream.Ingester"] = ["DStream.Core", "DStream.Configuration", .. Providers, "DStream.Hosting"],
        ["DStream.Router"] = ["DStream.Core", "DStream.Configuration", .. Providers, "DStream.Hosting"],
        ["DStream.StandIns.SqlServer"] = [],
        ["DStream.StandIns.ServiceBus"] = [],
        ["DStream.StandIns.Proxy"] = [],
        ["DStream.Sandbox"] = ["DStream.Core", "DStream.Configuration", .. Providers, "DStream.Hosting", "DStream.Ingester", "DStream.Router", .. StandIns],
    };

    public static TheoryData<string> SourceProjects => [.. Repository.Projects.Values.Where(static project => project.IsSource).Select(static project => project.Name)];

    public static TheoryData<string> AllProjects => [.. Repository.Projects.Keys];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_References_PointOnlyDownwards(string name)
    {
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} is new: say here what it may refer to.");

        Assert.Empty(Repository.Projects[name].AllProjects().Except(allowed));
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Assembly_References_PointOnlyDownwards(string name) =>
        Assert.Empty(ReferencesOf(name).Where(static reference => reference.StartsWith("DStream.", StringComparison.Ordinal)).Except(Allowed[name]));

    [Fact]
    public void Core_Packages_AreOnlyAnalysers()
    {
        Assert.Empty(Repository.Projects["DStream.Core"].Packages);
        using var locks = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Projects["DStream.Core"].File.DirectoryName!, "packages.lock.json")));

        var packages = locks.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(static framework => framework.Value.EnumerateObject());

        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers"], packages.Select(static package => package.Name));
    }

    [Fact]
    public void Core_Assembly_RefersOnlyToTheRuntime() =>
        Assert.All(ReferencesOf("DStream.Core"), static reference => Assert.StartsWith("System.", reference, StringComparison.Ordinal));

    [Fact]
    public void Providers_References_NoneRefersToAnother() =>
        Assert.All(Providers, static provider => Assert.Empty(Repository.Projects[provider].AllProjects().Intersect(Providers)));

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void StandIns_ReferredTo_OnlyBySandboxAndTests(string name)
    {
        var project = Repository.Projects[name];
        if (!project.IsSource || name == "DStream.Sandbox" || StandIns.Contains(name)) return;

        Assert.Empty(project.AllProjects().Intersect(StandIns));
    }

    private static string[] ReferencesOf(string name)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
