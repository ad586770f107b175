using DStream.Sandbox;

namespace DStream.EndToEnd.Tests;

/// <summary>The router with event hubs as its output, read with the official SDK.</summary>
[NeedsStandIn(TestServer.ServiceBus)]
public sealed class EventHubsTests : EndToEndTest
{
    [Fact]
    public async Task Pipeline_ToHubs_EverythingArrivesInOrder()
    {
        await using var pipeline = await PrepareAsync(ToHubs(), consume: false);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var consumers = TwoTables.Select(table => new HubConsumer(Connections.ServiceBus, Topic(table))).ToList();
        var reads = consumers.Select(consumer => consumer.RunAsync(pipeline.Delivered, reading.Token)).ToList();

        await pipeline.CommitAsync(1000, rate: 0, Stop);

        await WhileReadingAsync(reads, AssertCleanAsync(pipeline));
        Assert.All(consumers, static consumer => Assert.Equal(0, consumer.Copies));
        await reading.CancelAsync();
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task Pipeline_RouterKilled_EverythingArrivesInOrderAndCopiesHaveTheSameId()
    {
        await using var pipeline = await PrepareAsync(ToHubs(), consume: false);
        var router = LaunchRouter(pipeline);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await HubsExistAsync();
        var reads = TwoTables.Select(table => new HubConsumer(Connections.ServiceBus, Topic(table)).RunAsync(pipeline.Delivered, reading.Token)).ToList();

        var workload = pipeline.CommitAsync(3000, rate: 1000, Stop);
        await WhileReadingAsync(reads, DeliveredAsync(pipeline, 300));
        router.Kill();
        LaunchRouter(pipeline);
        await workload;

        await WhileReadingAsync(reads, AssertCleanAsync(pipeline));
        await reading.CancelAsync();
        await Task.WhenAll(reads);
    }

    /// <summary>A consumer that fails ends the wait with its failure.</summary>
    private static async Task WhileReadingAsync(IEnumerable<Task> reads, Task work) => await await Task.WhenAny([work, .. reads]);

    private string ToHubs()
    {
        const string Output = "output {\n        type = \"azure_service_bus\"";
        var text = Configuration();
        Assert.Contains(Output, text, StringComparison.Ordinal);
        return text.Replace(Output, "output {\n        duplicates = \"accept\"\n        type = \"azure_event_hubs\"", StringComparison.Ordinal);
    }

    private Task HubsExistAsync() => Eventually.HoldsAsync(
        () => TwoTables.All(table => Servers.ServiceBus.StandIn.EventHubs.Find(Topic(table)) is not null), "hubs of both tables");
}
