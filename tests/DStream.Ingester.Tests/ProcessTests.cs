using DStream.Hosting;
using DStream.TestSupport;

namespace DStream.Ingester.Tests;

/// <summary>The built executable, as an operator meets it.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Password = "p4ssw0rd-of-the-database";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Run_BadConfiguration_TellsEveryErrorAndExits78()
    {
        using var ingester = Start(
            $$"""
            ingester {
              db_connection_string = "Server=127.0.0.1;Password={{Password}}"
              queue { type = "memry" }
              locks { type = "memory" }
              tabels = ["Orders"]
            }
            """);

        Assert.Equal(ExitCodes.Configuration, await ingester.ExitCodeAsync());

        Assert.True(ingester.Errors.Count >= 4, string.Join('\n', ingester.Errors));
        Assert.All(ingester.Errors, line => Assert.StartsWith(_file + ":", line, StringComparison.Ordinal));
        Assert.All(ingester.Errors, static line => Assert.DoesNotContain(Password, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ConfigurationMissing_Exits78()
    {
        using var ingester = new HostProcess("DStream.Ingester", [], ("DSTREAM_CONFIG", "/nowhere/dstream.hcl"));

        Assert.Equal(ExitCodes.Configuration, await ingester.ExitCodeAsync());

        Assert.Contains("/nowhere/dstream.hcl", Assert.Single(ingester.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownOption_Exits64()
    {
        using var ingester = new HostProcess("DStream.Ingester", ["--confg", _file]);

        Assert.Equal(ExitCodes.Usage, await ingester.ExitCodeAsync());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Run_DatabaseAwayAtTraceLevel_WritesNoSecret(string format)
    {
        using var ingester = Start(
            """
            ingester {
              db_connection_string = "{{ env \"DB\" }}"
              queue { type = "memory" }
              locks { type = "memory" }
              tables = ["Orders"]
            }
            """,
            ["--log-level", "trace", "--log-format", format],
            ("DB", $"Server=127.0.0.1,1;Database=Shop;User ID=sa;Password={Password};Connect Timeout=1;Encrypt=false"));

        // It either tries again, since nobody listens there, or refuses for good; in both cases it has said why by then.
        await Eventually.HoldsAsync(() => ingester.HasExited || ingester.Output.Count > 1, "what it says of the failure");
        if (!ingester.HasExited) await ingester.TerminateAsync();
        await ingester.ExitCodeAsync();

        Assert.NotEmpty(ingester.Output);
        Assert.All([.. ingester.Output, .. ingester.Errors], static line => Assert.DoesNotContain(Password, line, StringComparison.Ordinal));
    }

    private HostProcess Start(string configuration, string[]? args = null, params (string Name, string Value)[] variables)
    {
        File.WriteAllText(_file, configuration);
        return new HostProcess("DStream.Ingester", ["--config", _file, .. args ?? []], variables);
    }
}
