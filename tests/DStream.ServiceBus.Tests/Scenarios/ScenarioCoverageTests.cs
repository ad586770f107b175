using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>Each scenario of the official SDK is one of DStream's transport too, or is named with the reason why not.</summary>
public sealed partial class ScenarioCoverageTests
{
    private static readonly string[] Covered =
        [.. typeof(ScenarioCoverageTests).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .SelectMany(static method => method.GetCustomAttributes<ScenarioAttribute>())
            .Select(static attribute => attribute.Title).Distinct()];

    [Fact]
    public void Scenarios_OfTheOfficialSdk_AreCoveredOrBeyondTheTransport()
    {
        var scenarios = Titles();

        Assert.NotEmpty(scenarios);
        Assert.Equal(scenarios.Distinct(), scenarios); // One title, one scenario.
        Assert.Empty(scenarios.Except(Covered).Except(BeyondTheTransport.Titles));
    }

    [Fact]
    public void Titles_OfAttributesAndList_AreThoseOfScenariosAndStandInOnePlace()
    {
        Assert.Empty(Covered.Concat(BeyondTheTransport.Titles).Except(Titles()));
        Assert.Empty(Covered.Intersect(BeyondTheTransport.Titles));
        Assert.Equal(BeyondTheTransport.Titles.Distinct(), BeyondTheTransport.Titles);
    }

    [Fact]
    public void Attributes_OfScenarios_StandOnTestsOnly() =>
        Assert.DoesNotContain(
            typeof(ScenarioCoverageTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods()),
            static method => method.IsDefined(typeof(ScenarioAttribute)) && !method.IsDefined(typeof(FactAttribute)));

    private static List<string> Titles([CallerFilePath] string here = "") =>
        [.. Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(here)!, "../../judges/service-bus"), "*.test.js")
            .SelectMany(File.ReadLines)
            .Select(static line => ScenarioLine().Match(line))
            .Where(static match => match.Success)
            .Select(static match => match.Groups["title"].Value)];

    [GeneratedRegex("""^\s*it\("(?<title>[^"]+)",""")]
    private static partial Regex ScenarioLine();
}
