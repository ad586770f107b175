using DStream.Core;
using DStream.Sandbox;
using DStream.Sandbox.Workloads;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.EndToEnd.Tests;

/// <summary>Both hosts against real sockets: everything that was committed arrives, once, in order, whatever happens on the way.</summary>
public sealed class PipelineTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<SandboxTable> TwoTables = SandboxTable.First(2);

    private readonly LogLines _log = new();
    private SandboxServers _servers = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Token);

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task Pipeline_Workload_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();

        await pipeline.CommitAsync(2000, rate: 0, Token);

        await AssertCleanAsync(pipeline, 2000);
    }

    [Fact]
    public async Task Pipeline_BothHostsRestartedInTheMiddle_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();

        var workload = pipeline.CommitAsync(4000, rate: 1000, Token);
        await WaitForAsync(() => pipeline.Delivered.Count > 500);
        await pipeline.Hosts.StopIngesterAsync();
        await pipeline.Hosts.StartIngesterAsync(Token);
        await WaitForAsync(() => pipeline.Delivered.Count > 1500);
        await pipeline.Hosts.StopRouterAsync();
        await pipeline.Hosts.StartRouterAsync(Token);
        await workload;

        await AssertCleanAsync(pipeline, 4000);
    }

    [Fact]
    public async Task Pipeline_DatabaseServerRestarts_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();
        await pipeline.CommitAsync(500, rate: 0, Token);
        await WaitForAsync(() => pipeline.Delivered.Count > 100);

        await _servers.SqlServer.StopAcceptingAsync();
        await _servers.SqlServer.DropConnectionsAsync();
        await WaitForAsync(() => _log.Has("cannot be asked for its max LSN"));
        await _servers.SqlServer.StartAsync(Token);
        await pipeline.CommitAsync(500, rate: 0, Token);

        await AssertCleanAsync(pipeline, 1000);
    }

    [Fact]
    public async Task Pipeline_BrokerRestarts_EverythingArrivesOnceInOrder()
    {
        // What the consumers had in hand when their connection broke stays locked for this long.
        var shortLocks = new QueueOptions { LockDuration = TimeSpan.FromSeconds(5) };
        foreach (var table in TwoTables)
        {
            var topic = DestinationName.For("127.0.0.1", SandboxServers.Database, table.Name).Value;
            _servers.ServiceBus.Broker.CreateTopic(topic, new TopicOptions { RequiresDuplicateDetection = true });
            _servers.ServiceBus.Broker.CreateSubscription(topic, "sub1", shortLocks);
        }

        await using var pipeline = await StartAsync();

        var workload = pipeline.CommitAsync(3000, rate: 1000, Token);
        await WaitForAsync(() => pipeline.Delivered.Count > 500);
        _servers.ServiceBus.Suspend(abruptly: true);
        _servers.ServiceBus.Resume();
        await WaitForAsync(() => pipeline.Delivered.Count > 1000);
        _servers.ServiceBus.Faults.DropConnections();
        await workload;

        await AssertCleanAsync(pipeline, 3000);
    }

    private Task<SandboxPipeline> StartAsync() => SandboxPipeline.StartAsync(
        _servers, new SandboxPlan { Tables = TwoTables, Configuration = SandboxConfiguration.Text(TwoTables, SandboxConfiguration.MemoryLocks, "50ms"), LogTo = _log },
        onDelivered: null, TimeProvider.System, Token);

    private async Task AssertCleanAsync(SandboxPipeline pipeline, int changes)
    {
        await pipeline.WaitForDeliveryAsync(Token);
        var verdict = pipeline.Verify().ToString();
        Assert.True(verdict == $"verified: {changes} changes, 0 lost, 0 duplicated, 0 out of order", $"{verdict}\n{Describe(pipeline)}");
    }

    /// <summary>Where everything stands, for a failure's text.</summary>
    private string Describe(SandboxPipeline pipeline) => string.Join('\n',
    [
        .. pipeline.Hosts.Tables?.Tables.Select(static table => table.ToString()) ?? [],
        .. _servers.ServiceBus.Broker.Queues.Select(static queue => $"queue {queue.Path}: {queue.Counts}"),
        .. _servers.ServiceBus.Broker.Queues.SelectMany(static queue => queue.DeadLetter!.Peek(0, int.MaxValue))
            .GroupBy(static message => (message.DeliveryCount, Reason: string.Join(", ", message.ChangedProperties?.Values ?? [])))
            .Select(static group => $"{group.Count()} dead letters after {group.Key.DeliveryCount} deliveries: {group.Key.Reason}"),
        .. _servers.ServiceBus.Broker.Topics.SelectMany(static topic => topic.Subscriptions.Values)
            .Select(static queue => $"subscription {queue.Path}: {queue.Counts}"),
        .. _log.All.TakeLast(20),
    ]);

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, Token);
        while (!condition()) await timer.WaitForNextTickAsync(both.Token);
    }
}
