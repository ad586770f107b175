using DStream.Sandbox;

namespace DStream.EndToEnd.Tests;

/// <summary>Both hosts against real sockets: everything that was committed arrives, once, in order, whatever happens on the way.</summary>
public sealed class PipelineTests : EndToEndTest
{
    [Fact]
    public async Task Pipeline_Workload_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();

        await pipeline.CommitAsync(2000, rate: 0, Stop);

        await AssertCleanAsync(pipeline, 2000);
    }

    [Fact]
    public async Task Pipeline_BothHostsRestartedInTheMiddle_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();

        var workload = pipeline.CommitAsync(4000, rate: 1000, Stop);
        await DeliveredAsync(pipeline, 500);
        await pipeline.Hosts.StopIngesterAsync();
        await pipeline.Hosts.StartIngesterAsync(Stop);
        await DeliveredAsync(pipeline, 1500);
        await pipeline.Hosts.StopRouterAsync();
        await pipeline.Hosts.StartRouterAsync(Stop);
        await workload;

        await AssertCleanAsync(pipeline, 4000);
    }

    [Fact]
    [NeedsStandIn(TestServer.SqlServer)]
    public async Task Pipeline_DatabaseServerRestarts_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync();
        await pipeline.CommitAsync(500, rate: 0, Stop);
        await DeliveredAsync(pipeline, 100);

        await Servers.SqlServer.StandIn.StopAcceptingAsync();
        await Servers.SqlServer.StandIn.DropConnectionsAsync();
        await Eventually.HoldsAsync(() => Log.Has("cannot be asked for its max LSN"), "a failed question for the max LSN");
        await Servers.SqlServer.StandIn.StartAsync(Stop);
        await pipeline.CommitAsync(500, rate: 0, Stop);

        await AssertCleanAsync(pipeline, 1000);
    }

    [Fact]
    [NeedsStandIn(TestServer.ServiceBus)]
    public async Task Pipeline_BrokerRestarts_EverythingArrivesOnceInOrder()
    {
        foreach (var table in TwoTables) await CreateTopicAsync(table);
        await using var pipeline = await StartAsync();

        var workload = pipeline.CommitAsync(3000, rate: 1000, Stop);
        await DeliveredAsync(pipeline, 500);
        Servers.ServiceBus.StandIn.Suspend(abruptly: true);
        Servers.ServiceBus.StandIn.Resume();
        await DeliveredAsync(pipeline, 1000);
        Servers.ServiceBus.StandIn.Faults.DropConnections();
        await workload;

        await AssertCleanAsync(pipeline, 3000);
    }

    private async Task<SandboxPipeline> StartAsync()
    {
        var pipeline = await PrepareAsync(Configuration());
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        return pipeline;
    }

    private async Task AssertCleanAsync(SandboxPipeline pipeline, long changes)
    {
        await AssertCleanAsync(pipeline);
        Assert.Equal(changes, pipeline.Committed.Count);
    }
}
