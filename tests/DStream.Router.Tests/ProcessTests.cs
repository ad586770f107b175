using System.Text.Json;
using DStream.Hosting;
using DStream.TestSupport;

namespace DStream.Router.Tests;

/// <summary>The built executable, as an operator meets it.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Memory =
        """
        router {
          source { type = "memory" }
          output { type = "memory" }
          destinations = ["server.db.orders.events"]
        }
        """;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Run_Terminated_EndsWell(string format)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var router = Start(Memory, ["--log-format", format]);
        await Eventually.HoldsAsync(() => router.Output.Any(static line => line.Contains("Router starting", StringComparison.Ordinal)), "the start");

        await router.TerminateAsync();

        Assert.Equal(ExitCodes.Success, await router.ExitCodeAsync());
        Assert.Contains(router.Output, static line => line.Contains("Router stopped", StringComparison.Ordinal));
        Assert.Empty(router.Errors);
        if (format == "json") Assert.All(router.Output, static line => JsonDocument.Parse(line).Dispose());
        else Assert.All(router.Output, static line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} INF ", line));
    }

    [Fact]
    public async Task Run_BadConfiguration_TellsEveryErrorAndExits78()
    {
        using var router = Start(
            """
            router {
              source { type = "memry" }
              output { type = "console" }
              destinations = ["bad name"]
              sesions = 4
            }
            """, []);

        Assert.Equal(ExitCodes.Configuration, await router.ExitCodeAsync());

        Assert.Equal(3, router.Errors.Count);
        Assert.Equal([":2:19: ", ":4:19: ", ":5:3: "], router.Errors.Select(line => line[_file.Length..(line.IndexOf(": ", StringComparison.Ordinal) + 2)]));
        Assert.Empty(router.Output);
    }

    [Fact]
    public async Task Run_WrongArguments_Exits64()
    {
        using var router = Start(Memory, ["--log-level", "loud"]);

        Assert.Equal(ExitCodes.Usage, await router.ExitCodeAsync());

        Assert.Contains("loud", router.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_TellsOptionsAndVariables()
    {
        using var router = Start(Memory, ["--help"]);

        Assert.Equal(ExitCodes.Success, await router.ExitCodeAsync());

        var help = string.Join('\n', router.Output);
        Assert.All(["--config", "--log-level", "--log-format", "DSTREAM_CONFIG", "DSTREAM_LOG_LEVEL"], text => Assert.Contains(text, help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Run_BrokerAwayAtTraceLevel_WritesNoSecret(string format)
    {
        const string secret = "c3VwZXJzZWNyZXRrZXkxMjM=";
        using var router = Start(
            """
            router {
              source {
                type = "servicebus"
                connection_string = "{{ env \"BUS\" }}"
              }
              output {
                type = "servicebus"
                connection_string = "{{ env \"BUS\" }}"
              }
              destinations = ["server.db.orders.events"]
            }
            """,
            ["--log-level", "trace", "--log-format", format],
            ("BUS", $"Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=root;SharedAccessKey={secret};UseDevelopmentEmulator=true;"));

        // It either tries again, since nobody listens there, or refuses for good; in both cases it has said why by then.
        await Eventually.HoldsAsync(() => router.HasExited || router.Output.Count > 1, "what it says of the failure");
        if (!router.HasExited) await router.TerminateAsync();
        await router.ExitCodeAsync();

        Assert.NotEmpty(router.Output);
        Assert.All([.. router.Output, .. router.Errors], static line =>
        {
            Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
            Assert.DoesNotContain("c3VwZXJz", line, StringComparison.Ordinal);
        });
    }

    private HostProcess Start(string configuration, string[] args, params (string Name, string Value)[] variables)
    {
        File.WriteAllText(_file, configuration);
        return new HostProcess("DStream.Router", ["--config", _file, .. args], variables);
    }
}
