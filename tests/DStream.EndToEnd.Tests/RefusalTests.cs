using DStream.Hosting;
using DStream.Sandbox;

namespace DStream.EndToEnd.Tests;

/// <summary>What a host says, and exits with, where it cannot begin.</summary>
public sealed class RefusalTests : EndToEndTest
{
    private static readonly string QueueNotOurs =
        Configuration().Replace("name = \"ingest-queue\"", "name = \"ingest-queue\"\n        create = false", StringComparison.Ordinal);

    [Fact]
    public async Task Ingester_WrongPassword_Exits69AndSaysSo()
    {
        var connections = Servers.Connections with { Database = Servers.SqlServer.ConnectionString(SandboxServers.Database, "sa", Wrong) };

        var said = await AssertEndsAsync("DStream.Ingester", Configuration(), ExitCodes.Unavailable, connections);

        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains("Login failed for user 'sa'", said, StringComparison.Ordinal);
        Assert.Contains("Check user, password", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingester_UnknownDatabase_Exits69AndNamesIt()
    {
        var connections = Servers.Connections with { Database = Servers.SqlServer.ConnectionString("Nowhere") };

        var said = await AssertEndsAsync("DStream.Ingester", Configuration(), ExitCodes.Unavailable, connections);

        Assert.Contains("Cannot open database \"Nowhere\"", said, StringComparison.Ordinal);
        Assert.Contains("check the name", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingester_QueueMissingAndNotOurs_Exits69AndNamesTheRemedy()
    {
        await using var pipeline = await PrepareAsync(Configuration(), consume: false);

        AssertNamesTheQueue(await AssertEndsAsync("DStream.Ingester", QueueNotOurs, ExitCodes.Unavailable));
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
        var key = Convert.ToBase64String("another key"u8);
        var wrong = Servers.Connections.ServiceBus.Replace(Servers.ServiceBus.SharedAccessKey, key, StringComparison.Ordinal);

        var said = await AssertEndsAsync("DStream.Router", Configuration(), ExitCodes.Unavailable, Servers.Connections with { ServiceBus = wrong });

        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains("Check the key's name and value", said, StringComparison.Ordinal);
        Assert.DoesNotContain(key, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_WrongConfiguration_Exit78WithEveryError()
    {
        var configuration = Configuration().Replace("poll_interval = \"50ms\"", "poll_interval = \"soon\"", StringComparison.Ordinal)
            .Replace("name = \"ingest-queue\"", "naem = \"ingest-queue\"", StringComparison.Ordinal)
            .Replace("type = \"azure_service_bus\"", "type = \"kafka\"", StringComparison.Ordinal);

        var said = await AssertEndsAsync("DStream.Ingester", configuration, ExitCodes.Configuration);

        Assert.Contains("\"soon\"", said, StringComparison.Ordinal);
        Assert.Contains("did you mean name?", said, StringComparison.Ordinal);
        Assert.Contains("kafka", said, StringComparison.Ordinal);
    }

    private static void AssertNamesTheQueue(string said)
    {
        Assert.Contains("Cannot start", said, StringComparison.Ordinal);
        Assert.Contains("'ingest-queue'", said, StringComparison.Ordinal);
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
