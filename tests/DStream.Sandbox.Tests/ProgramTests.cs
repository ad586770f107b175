using System.Text.RegularExpressions;
using DStream.Hosting;

namespace DStream.Sandbox.Tests;

/// <summary>The built program, as a new user meets it.</summary>
public sealed partial class ProgramTests
{
    [Fact]
    public async Task Run_ChangesVerified_EndsWithTheVerdict()
    {
        using var sandbox = Start("--changes", "300", "--verify", "--tables", "7", "--seed", "5");

        Assert.Equal(ExitCodes.Success, await sandbox.ExitCodeAsync());

        Assert.Equal("verified: 300 changes, 0 lost, 0 duplicated, 0 out of order", sandbox.Output[^1]);
        Assert.Contains(sandbox.Output, static line => line.Contains("SQL Server   Server=127.0.0.1,", StringComparison.Ordinal));
        Assert.Contains(sandbox.Output, static line => line.Contains("Service Bus  Endpoint=sb://127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(sandbox.Output, static line => line.StartsWith("127.0.0.1.testdb.", StringComparison.Ordinal) && line.Contains("""<- {"data":{"ID":""", StringComparison.Ordinal));
        Assert.Empty(sandbox.Errors);
    }

    [Fact]
    public async Task Run_CtrlCWhileItStarts_EndsWellWithoutAStackTrace()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGINT on Windows.");
        using var sandbox = Start("--log-level", "info");
        await Eventually.HoldsAsync(() => sandbox.HasExited || sandbox.Output.Any(static line => line.Contains("Router starting", StringComparison.Ordinal)), "its start");

        await sandbox.InterruptAsync();

        Assert.Equal(ExitCodes.Success, await sandbox.ExitCodeAsync());
        Assert.Empty(sandbox.Errors);
        Assert.DoesNotContain(sandbox.Output, static line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CtrlCInTheMiddle_EndsWellAndSoon()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGINT on Windows.");
        using var sandbox = Start();
        await CommittingAsync(sandbox);

        await sandbox.InterruptAsync();

        Assert.Equal(ExitCodes.Success, await sandbox.ExitCodeAsync());
        Assert.Empty(sandbox.Errors);
        Assert.StartsWith("committed ", sandbox.Output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CtrlCInTheMiddleOfAVerifiedRun_ComparesWhatWasCommitted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGINT on Windows.");
        using var sandbox = Start("--changes", "1000000", "--verify", "--rate", "300");
        await CommittingAsync(sandbox);

        await sandbox.InterruptAsync();

        Assert.Equal(ExitCodes.Success, await sandbox.ExitCodeAsync());
        Assert.Matches("^stopped after [0-9]+ of 1000000 changes$", sandbox.Output[^2]);
        Assert.Matches("^verified: [1-9][0-9]* changes, 0 lost, 0 duplicated, 0 out of order$", sandbox.Output[^1]);
    }

    [Theory]
    [InlineData("--verify")]
    [InlineData("--changes", "0")]
    [InlineData("--changes", "many")]
    [InlineData("--tables", "0")]
    [InlineData("--rate", "-1")]
    [InlineData("--rate", "NaN")]
    [InlineData("--seed", "1.5")]
    [InlineData("--log-level", "loud")]
    [InlineData("--sede", "1")]
    public async Task Run_WrongArguments_Exits64(params string[] args)
    {
        using var sandbox = Start(args);

        Assert.Equal(ExitCodes.Usage, await sandbox.ExitCodeAsync());

        Assert.Contains(args[0], sandbox.Errors[0], StringComparison.Ordinal);
        Assert.Equal("Try --help.", sandbox.Errors[^1]);
        Assert.Empty(sandbox.Output);
    }

    [Fact]
    public async Task Run_AzuriteMissing_SaysWhatToInstall()
    {
        using var sandbox = new HostProcess("DStream.Sandbox", ["--azurite"], ("PATH", Path.GetDirectoryName(Environment.ProcessPath)!));

        Assert.Equal(ExitCodes.Unavailable, await sandbox.ExitCodeAsync());

        Assert.Contains("npm install -g azurite", Assert.Single(sandbox.Errors), StringComparison.Ordinal);
    }

    private static HostProcess Start(params string[] args) => new("DStream.Sandbox", args);

    private static Task CommittingAsync(HostProcess sandbox) => Eventually.HoldsAsync(
        () => sandbox.HasExited || sandbox.Output.Any(static line => Committed().IsMatch(line)), "committed changes");

    [GeneratedRegex("^committed +[1-9]")]
    private static partial Regex Committed();
}
