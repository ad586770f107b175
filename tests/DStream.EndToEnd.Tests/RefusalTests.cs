using DStream.Hosting;
using DStream.Sandbox;
using Microsoft.Data.SqlClient;

namespace DStream.EndToEnd.Tests;

/// <summary>What a host says, and exits with, where it cannot begin.</summary>
public sealed class RefusalTests : EndToEndTest
{
    [Fact]
    public async Task Ingester_WrongPassword_Exits69AndSaysSo()
    {
        var database = new SqlConnectionStringBuilder(Servers.Connections.Database) { Password = TestSqlServer.WrongPassword };
        var connections = Servers.Connections with { Database = database.ConnectionString };

        var said = await AssertEndsAsync("DStream.Ingester", Configuration(), ExitCodes.Unavailable, connections);

        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains($"Login failed for user '{database.UserID}'", said, StringComparison.Ordinal);
        Assert.Contains("Check user, password", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingester_UnknownDatabase_Exits69AndNamesIt()
    {
        var connections = Servers.Connections with { Database = Servers.SqlServer.In("Nowhere") };

        var said = await AssertEndsAsync("DStream.Ingester", Configuration(), ExitCodes.Unavailable, connections);

        Assert.Contains("Cannot open database \"Nowhere\"", said, StringComparison.Ordinal);
        Assert.Contains("check the name", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingester_QueueMissingAndNotOurs_Exits69AndNamesTheRemedy()
    {
        await using var pipeline = await PrepareAsync(Configuration(), consume: false);

        var name = $"name = \"{Servers.Queue}\"";
        var notOurs = Configuration().Replace(name, name + "\n        create = false", StringComparison.Ordinal);

        AssertNamesTheQueue(await AssertEndsAsync("DStream.Ingester", notOurs, ExitCodes.Unavailable));
    }

    [Fact]
    public async Task Router_QueueMissingAndNotOurs_Exits69AndNamesTheRemedy()
    {
        var configuration = Configuration().Replace(
            "source {", "source {\n        create = false", StringComparison.Ordinal);

        AssertNamesTheQueue(await AssertEndsAsync("DStream.Router", configuration, ExitCodes.Unavailable));
    }

    [Fact]
    public async Task Router_WrongKey_Exits69AndSaysSo()
    {
        Assert.SkipUnless(Servers.ServiceBus.ChecksKeys, "The emulator takes any key.");
        var key = Convert.ToBase64String("another key"u8);
        var wrong = Servers.Connections.ServiceBus.Replace(Servers.ServiceBus.Key, key, StringComparison.Ordinal);

        var said = await AssertEndsAsync("DStream.Router", Configuration(), ExitCodes.Unavailable, Servers.Connections with { ServiceBus = wrong });

        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains("Check the key's name and value", said, StringComparison.Ordinal);
        Assert.DoesNotContain(key, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_WrongConfiguration_Exit78WithEveryError()
    {
        var configuration = Configuration().Replace("poll_interval = \"50ms\"", "poll_interval = \"soon\"", StringComparison.Ordinal)
            .Replace($"name = \"{Servers.Queue}\"", $"naem = \"{Servers.Queue}\"", StringComparison.Ordinal)
            .Replace("type = \"azure_service_bus\"", "type = \"kafka\"", StringComparison.Ordinal);

        var said = await AssertEndsAsync("DStream.Ingester", configuration, ExitCodes.Configuration);

        Assert.Contains("\"soon\"", said, StringComparison.Ordinal);
        Assert.Contains("did you mean name?", said, StringComparison.Ordinal);
        Assert.Contains("kafka", said, StringComparison.Ordinal);
    }

    private void AssertNamesTheQueue(string said)
    {
        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains($"'{Servers.Queue}'", said, StringComparison.Ordinal);
        Assert.Contains("create = true", said, StringComparison.Ordinal);
    }

    /// <summary>Runs a host to its end; returns all that it said.</summary>
    private async Task<string> AssertEndsAsync(string host, string configuration, int exitCode, SandboxConnections? connections = null)
    {
        using var file = SandboxFile.Write(configuration);
        var process = Launch(host, file.Path, connections);

        var ended = await process.ExitCodeAsync();

        var said = string.Join('\n', process.Output.Concat(process.Errors));
        Assert.True(ended == exitCode, $"exit code {ended}\n{said}");
        return said;
    }
}
