using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace DStream.EndToEnd.Tests;

/// <summary>The servers of one test, and what all tests do with them.</summary>
public abstract class EndToEndTest : IAsyncLifetime
{
    internal static readonly IReadOnlyList<SandboxTable> TwoTables = SandboxTable.First(2);
    internal static readonly SandboxTable Persons = TwoTables[0];
    internal static readonly SandboxTable Orders = TwoTables[1];

    private readonly List<HostProcess> _processes = [];

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal EndToEndServers Servers { get; private set; } = null!;

    /// <summary>What hosts in this process log.</summary>
    internal LogLines Log { get; } = new();

    /// <summary>What child processes connect with.</summary>
    internal virtual SandboxConnections Connections => Servers.Connections;

    /// <summary>Where the topics are not Service Bus's.</summary>
    internal Func<string, CancellationToken, ValueTask<IMessageReceiver>>? OpenTopic { get; set; }

    public virtual async ValueTask InitializeAsync() => Servers = await EndToEndServers.OpenAsync(Stop);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) process.Dispose();
        if (Servers is not null) await Servers.DisposeAsync();
        GC.SuppressFinalize(this);
        foreach (var process in _processes) AssertTellsNoSecret(process);
    }

    /// <summary>The usual configuration of the two tables.</summary>
    internal string Configuration(IReadOnlyList<SandboxTable>? tables = null, string? locks = null) =>
        SandboxConfiguration.Text(tables ?? TwoTables, locks ?? SandboxConfiguration.MemoryLocks, "50ms", Servers.Queue);

    /// <summary>Database and configuration; consumers wait for the topics.</summary>
    internal async Task<SandboxPipeline> PrepareAsync(string configuration, IReadOnlyList<SandboxTable>? tables = null, bool swapsKeys = true, bool consume = true)
    {
        var plan = new SandboxPlan
        {
            Tables = tables ?? TwoTables, Configuration = configuration, LogTo = Log, LogLevel = LogLevel.Information, SwapsKeys = swapsKeys, OpenTopic = OpenTopic,
        };
        var pipeline = await SandboxPipeline.PrepareAsync(Connections, plan, TimeProvider.System, Stop);
        if (consume) pipeline.Consume(onDelivered: null);
        return pipeline;
    }

    /// <summary>A host as a process of its own, at trace level; what it prints is looked through for secrets when the test ends.</summary>
    internal HostProcess Launch(string name, string configurationPath, SandboxConnections? connections = null)
    {
        var variables = SandboxConfiguration.Variables(connections ?? Connections).Where(static pair => pair.Value is not null);
        var process = new HostProcess(
            name, ["--config", configurationPath, "--log-level", "trace"], [.. variables.Select(static pair => (pair.Key, pair.Value!))]);
        _processes.Add(process);
        return process;
    }

    internal HostProcess LaunchIngester(SandboxPipeline pipeline) => Launch("DStream.Ingester", pipeline.ConfigurationPath);

    internal HostProcess LaunchRouter(SandboxPipeline pipeline) => Launch("DStream.Router", pipeline.ConfigurationPath);

    /// <summary>Everything that was committed to the tables arrived once, in order.</summary>
    internal async Task AssertCleanAsync(SandboxPipeline pipeline, params SandboxTable[] tables)
    {
        await pipeline.WaitForDeliveryAsync(Stop);
        var verdict = Verifier.Compare(tables is [] ? pipeline.Tables : tables, pipeline.Committed, pipeline.Delivered);
        Assert.True(verdict.IsClean && verdict.Changes > 0, verdict.IsClean ? "Nothing was committed." : $"{verdict}\n{await DescribeAsync(pipeline)}");
    }

    internal Task DeliveredAsync(SandboxPipeline pipeline, long count) =>
        Eventually.HoldsAsync(() => pipeline.Delivered.Count >= count, $"{count} delivered changes");

    internal static Task StatusAsync(SandboxPipeline pipeline, SandboxTable table, TableState state, string text = "") => Eventually.HoldsAsync(
        () => Status(pipeline, table) is { } status && status.State == state && (status.Problem ?? "").Contains(text, StringComparison.Ordinal),
        $"{table.Name} {state} {text}");

    internal static TableStatus? Status(SandboxPipeline pipeline, SandboxTable table) =>
        pipeline.Hosts.Tables?.Tables.FirstOrDefault(status => status.Table == table.Name);

    /// <summary>Commits to some of the tables, beside the pipeline's own workload.</summary>
    internal async Task CommitAsync(SandboxPipeline pipeline, IReadOnlyList<SandboxTable> tables, int changes, int seed = 1) =>
        await new Workload(Connections.Database, tables, seed, TimeProvider.System).RunAsync(pipeline.Committed, changes, rate: 0, Stop);

    internal async Task ExecuteAsync(params IEnumerable<string> statements)
    {
        await using var connection = new SqlConnection(Connections.Database);
        await connection.OpenAsync(Stop);
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    internal string Topic(SandboxTable table) => Servers.Topic(table.Name);

    /// <summary>A topic with its subscription, as an administrator makes them; what a consumer had in hand when its connection broke is locked for 5 s.</summary>
    internal Task CreateTopicAsync(SandboxTable table) => Servers.ServiceBus.CreateTopicAsync(Topic(table), "sub1", TimeSpan.FromSeconds(5), Stop);

    /// <summary>Where everything stands, for a failure's text.</summary>
    private async Task<string> DescribeAsync(SandboxPipeline pipeline) => string.Join('\n',
    [
        .. pipeline.Hosts.Tables?.Tables.Select(static table => table.ToString()) ?? [],
        .. await Servers.ServiceBus.DescribeAsync(Stop),
        .. Log.All.TakeLast(20),
        .. _processes.SelectMany(static process => process.Output.Where(static line => !line.Contains(" DBG ", StringComparison.Ordinal)).TakeLast(10)),
    ]);

    /// <summary>I8, for everything that a process printed.</summary>
    private void AssertTellsNoSecret(HostProcess process)
    {
        string[] secrets = [Servers.SqlServer.Password, TestSqlServer.WrongPassword, Servers.ServiceBus.Key, .. BlobKeys(), .. RabbitMqPassword()];
        foreach (var line in process.Output.Concat(process.Errors))
            Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private string[] RabbitMqPassword() => Connections.RabbitMq is { } rabbit ? [new Uri(rabbit).UserInfo.Split(':')[1]] : [];

    private IEnumerable<string> BlobKeys() => (Connections.Blob ?? "").Split(';')
        .Where(static part => part.StartsWith("AccountKey=", StringComparison.Ordinal)).Select(static part => part["AccountKey=".Length..]);
}
