using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DStream.Tests.Shared;

/// <summary>
/// A judge of tests/judges: scenarios for node's own test runner that drive a server of ours with somebody else's client,
/// unmodified. Skips where node or the client is not installed.
/// </summary>
/// <param name="folder">The folder's name in tests/judges.</param>
/// <param name="package">The npm package that judges.</param>
internal sealed partial class NodeJudge(string folder, string package)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Path.Combine(JudgesFolder(), folder);

    public void SkipUnlessInstalled()
    {
        Assert.SkipUnless(InstalledProgram.IsThere("node"), "node is not on the path: install Node.js 20 or later to run the judge.");
        Assert.SkipUnless(Directory.Exists(Path.Combine([_folder, "node_modules", .. package.Split('/')])),
            $"{package} is not installed: run 'npm ci' in tests/judges/{folder}.");
    }

    /// <summary>Runs every scenario and asserts that all passed and how many there were: a judge that ran fewer would prove less than it says.</summary>
    public async Task AssertAllPassAsync(int scenarios, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var output = await RunAsync(environment, cancellationToken);

        var failed = string.Join('\n', output.Split('\n').Where(static line => line.TrimStart().StartsWith("not ok", StringComparison.Ordinal)));
        Assert.True((Count(output, "pass"), Count(output, "fail"), Count(output, "skipped")) == (scenarios, 0, 0),
            $"{scenarios} scenarios should pass, none fail and none be skipped.\n{failed}\n\n{output}");
    }

    private async Task<string> RunAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var start = new ProcessStartInfo("node", ["--test", "--test-reporter=tap"])
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
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

    private static string JudgesFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "judges"));

    [GeneratedRegex(@"^# (?<what>\w+) (?<count>\d+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
