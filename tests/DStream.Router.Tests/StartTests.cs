using DStream.Core;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Router.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Start_Nothing_CreatesQueueAndTopics()
    {
        await using var rig = new RouteRig();

        await rig.StartAsync("orders", "items");

        Assert.Equal([RouteRig.Queue], rig.Broker.Queues);
        Assert.Equal([RouteRig.Topic("items"), RouteRig.Topic("orders")], rig.Topics.Topics);
    }

    [Fact]
    public async Task Start_OneTopicMissingAndNotOurs_OthersAreServedAndItIsOnceItIsThere()
    {
        await using var rig = new RouteRig { Administration = new NoAdministration() };
        await rig.Topics.EnsureTopicAsync(RouteRig.Topic("items"), "sub1", RouteRig.Stop);
        await rig.EnqueueAsync("o", "orders", 5);
        await rig.EnqueueAsync("i", "items", 5);
        await rig.StartAsync("orders", "items");
        await Eventually.HoldsAsync(() => rig.At("items").Count == 5, "the items");

        await rig.Topics.EnsureTopicAsync(RouteRig.Topic("orders"), "sub1", RouteRig.Stop);
        await rig.EmptiedAsync();

        rig.AssertExact("o", "orders");
        rig.AssertExact("i", "items");
    }

    [Fact]
    public async Task Start_OneTopicCannotBeReached_OthersAreServed()
    {
        await using var rig = new RouteRig();
        rig.Topics.Fault = static (operation, name) => operation == InMemoryOperation.OpenSender && name == RouteRig.Topic("orders")
            ? new ProviderException("away", isTransient: true)
            : null;
        await rig.EnqueueAsync("i", "items", 5);

        await rig.StartAsync("orders", "items");

        await rig.EmptiedAsync();
        rig.AssertExact("i", "items");
    }

    [Fact]
    public async Task Start_AllTopicsMissing_Fails()
    {
        await using var rig = new RouteRig { Administration = new NoAdministration() };
        await rig.EnqueueAsync("o", "orders", 1);

        var failure = await Assert.ThrowsAsync<ProviderException>(() => rig.StartAsync("orders", "items"));

        Assert.False(failure.IsTransient);
        Assert.Equal(1, rig.Left);
    }

    [Fact]
    public async Task Start_QueueMissingAndNotOurs_Fails()
    {
        await using var rig = new RouteRig { QueueAdministration = new NoAdministration() };

        var failure = await Assert.ThrowsAsync<ProviderException>(() => rig.StartAsync("orders"));

        Assert.Contains("'ingest'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_QueueWithoutSessions_Fails()
    {
        await using var rig = new RouteRig();
        await rig.Broker.EnsureQueueWithoutSessionsAsync(RouteRig.Queue, RouteRig.Stop);

        await Assert.ThrowsAsync<ProviderException>(() => rig.StartAsync("orders"));
    }

    [Fact]
    public async Task Start_BrokerAway_WaitsForIt()
    {
        await using var rig = new RouteRig();
        var failures = 0;
        rig.Topics.Fault = (operation, _) => operation == InMemoryOperation.OpenSender && ++failures <= 2 ? new ProviderException("away", isTransient: true) : null;

        await rig.StartAsync("orders");

        Assert.Equal(3, failures);
    }

    [Fact]
    public async Task Start_StoppedWhileTheBrokerIsAway_EndsAtOnce()
    {
        await using var rig = new RouteRig();
        var host = rig.Build("orders");
        rig.Broker.Fault = (operation, _) =>
        {
            if (operation != InMemoryOperation.Ensure) return null;
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return new ProviderException("away", isTransient: true);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.StartAsync(RouteRig.Stop));
    }
}
