namespace DStream.Hosting.Tests;

/// <summary>One class, so that tests which set variables of the process do not overlap.</summary>
public sealed class HostCommandTests : IDisposable
{
    private static readonly string[] Variables = ["DSTREAM_CONFIG", "DSTREAM_LOG_LEVEL", "DSTREAM_LOG_FORMAT"];

    private HostArguments? _seen;

    public HostCommandTests() => Dispose();

    public void Dispose()
    {
        foreach (var name in Variables) Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public async Task RunAsync_NoArguments_TakesTheDefaults()
    {
        Assert.Equal(7, await RunAsync());

        Assert.Equal(new HostArguments("dstream.hcl", LogLevel.Information, LogFormat.Text), _seen);
    }

    [Fact]
    public async Task RunAsync_EmptyVariables_AreNotSet()
    {
        foreach (var name in Variables) Environment.SetEnvironmentVariable(name, "");

        Assert.Equal(7, await RunAsync());

        Assert.Equal(new HostArguments("dstream.hcl", LogLevel.Information, LogFormat.Text), _seen);
    }

    [Fact]
    public async Task RunAsync_Variables_AreTheDefaultsOfOptions()
    {
        Environment.SetEnvironmentVariable("DSTREAM_CONFIG", "/etc/dstream.hcl");
        Environment.SetEnvironmentVariable("DSTREAM_LOG_LEVEL", "DEBUG");
        Environment.SetEnvironmentVariable("DSTREAM_LOG_FORMAT", "json");

        Assert.Equal(7, await RunAsync("--log-level", "warn"));

        Assert.Equal(new HostArguments("/etc/dstream.hcl", LogLevel.Warning, LogFormat.Json), _seen);
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("Debug", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("ERROR", LogLevel.Error)]
    public async Task RunAsync_LogLevel_IsTaken(string text, LogLevel level)
    {
        Assert.Equal(7, await RunAsync("--log-level", text, "-c", "a.hcl", "--log-format=JSON"));

        Assert.Equal(new HostArguments("a.hcl", level, LogFormat.Json), _seen);
    }

    [Theory]
    [InlineData("--log-level", "loud")]
    [InlineData("--log-level", "3")]
    [InlineData("--log-level")]
    [InlineData("--log-format", "xml")]
    [InlineData("--log-format", "1")]
    [InlineData("--config")]
    [InlineData("--config", "")]
    [InlineData("--confg", "a.hcl")]
    [InlineData("start")]
    public async Task RunAsync_WrongArguments_IsAUsageError(params string[] args)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(args));

        Assert.Null(_seen);
    }

    [Theory]
    [InlineData("DSTREAM_LOG_LEVEL", "loud")]
    [InlineData("DSTREAM_LOG_FORMAT", "xml")]
    public async Task RunAsync_WrongVariable_IsAUsageError(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);

        Assert.Equal(ExitCodes.Usage, await RunAsync());

        Assert.Null(_seen);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    public async Task RunAsync_Help_ExitsWellWithoutRunning(string option)
    {
        Assert.Equal(ExitCodes.Success, await RunAsync(option));

        Assert.Null(_seen);
    }

    private Task<int> RunAsync(params string[] args) => HostCommand.RunAsync("A host.", args, arguments =>
    {
        _seen = arguments;
        return Task.FromResult(7);
    });
}
