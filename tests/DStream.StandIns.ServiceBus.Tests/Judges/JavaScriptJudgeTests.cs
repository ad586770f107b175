using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DStream.StandIns.ServiceBus.Tests.Judges;

/// <summary>Runs the scenarios of tests/judges/service-bus: the official JavaScript SDK, unmodified, against a stand-in.</summary>
public sealed partial class JavaScriptJudgeTests
{
    // Grows with the scenarios: a judge that silently ran fewer would prove less than it says.
    private const int Scenarios = 47;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Scenarios_OfTheOfficialSdk_AllPass()
    {
        var folder = JudgeFolder();
        Assert.SkipUnless(NodeIsThere(), "node is not on the path: install Node.js 20 or later to run the judge.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "@azure", "service-bus")),
            "@azure/service-bus is not installed: run 'npm ci' in tests/judges/service-bus.");
        await using var standIn = await ServiceBusStandIn.StartAsync(null, TestContext.Current.CancellationToken);

        var output = await RunAsync(folder, standIn.ConnectionString);

        Assert.True(Count(output, "fail") == 0 && Count(output, "pass") == Scenarios && Count(output, "skipped") == 0, output);
    }

    private static async Task<string> RunAsync(string folder, string connectionString)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var start = new ProcessStartInfo("node", ["--test", "--test-reporter=tap"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DSTREAM_JUDGE_CONNECTION_STRING"] = connectionString;
        using var node = Process.Start(start)!;
        try
        {
            var errors = node.StandardError.ReadToEndAsync(patience.Token);
            var output = await node.StandardOutput.ReadToEndAsync(patience.Token);
            await node.WaitForExitAsync(patience.Token);
            return output + await errors;
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }

    private static int Count(string output, string what)
    {
        var found = Summary().Matches(output).SingleOrDefault(match => match.Groups["what"].Value == what);
        return found is null ? -1 : int.Parse(found.Groups["count"].Value, CultureInfo.InvariantCulture);
    }

    private static bool NodeIsThere()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Any(static folder => File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe")));
    }

    private static string JudgeFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "judges", "service-bus"));

    [GeneratedRegex(@"^# (?<what>\w+) (?<count>\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
