using DStream.Core;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Router.Tests;

public sealed class FaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Topic_Fails_HoldsUpOnlyItsOwnSession(bool isTransient)
    {
        await using var rig = new RouteRig { Places = 3 };
        var failing = true;
        rig.Senders.Sending = (topic, _, _) => failing && topic == RouteRig.Topic("orders")
            ? throw new ProviderException("topic is disabled", isTransient)
            : Task.CompletedTask;
        await rig.EnqueueAsync("o", "orders", 10);
        await rig.EnqueueAsync("i", "items", 10);
        await rig.StartAsync("orders", "items");
        await Eventually.HoldsAsync(() => rig.At("items").Count == 10, "the items");
        await rig.EnqueueAsync("o", "orders", 10);
        await rig.EnqueueAsync("p", "items", 10);
        await Eventually.HoldsAsync(() => rig.At("items").Count == 20, "more items");
        Assert.Empty(rig.At("orders"));

        failing = false;
        await rig.EmptiedAsync();

        rig.AssertExact("o", "orders");
        rig.AssertExact("i", "items");
        rig.AssertExact("p", "items");
        Assert.Equal(0, rig.Broker.Counts(RouteRig.Queue).DeadLettered);
    }

    [Fact]
    public async Task Topic_Fails_CostsNoPlaceWhileItIsHeld()
    {
        // The clock stands still: whoever waits for another attempt waits for ever, so the places that go on are those that do not wait.
        var time = new FakeTimeProvider();
        await using var rig = new RouteRig(time) { Places = 2 };
        rig.Senders.Sending = (topic, _, _) => topic == RouteRig.Topic("orders") ? throw new ProviderException("gone", isTransient: false) : Task.CompletedTask;
        await rig.EnqueueAsync("o", "orders", 1);
        await rig.EnqueueAsync("q", "orders", 1);
        await rig.StartAsync("orders", "items");
        await Eventually.HoldsAsync(() => rig.Broker.Counts(RouteRig.Queue).Locked == 2, "both sessions held");

        await rig.EnqueueAsync("i", "items", 3);
        await Eventually.HoldsAsync(() => rig.At("items").Count == 3, "the items");

        Assert.Equal(2, rig.Broker.Counts(RouteRig.Queue).Locked);
    }

    [Fact]
    public async Task Topic_AnswerIsLost_CopyIsDroppedByTheTopic()
    {
        await using var rig = new RouteRig();
        var lost = 0;
        rig.Senders.Sent = (_, _, _) => ++lost is 1 or 3 ? throw new ProviderException("connection lost", isTransient: lost == 1) : Task.CompletedTask;
        for (var i = 0; i < 4; i++) await rig.EnqueueAsync("s", "orders", 5);
        await rig.StartAsync("orders");
        await rig.EmptiedAsync();
        await rig.EnqueueAsync("s", "orders", 5);

        await rig.EmptiedAsync();

        rig.AssertExact("s", "orders");
    }

    [Fact]
    public async Task Completion_Fails_MessagesComeAgainAndTheTopicDropsThem()
    {
        await using var rig = new RouteRig();
        var failures = 0;
        rig.Broker.Fault = (operation, name) => operation == InMemoryOperation.Settle && name == RouteRig.Queue && ++failures <= 2
            ? new ProviderException("link detached", isTransient: true)
            : null;
        await rig.EnqueueAsync("s", "orders", 20);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        rig.AssertExact("s", "orders");
        Assert.True(rig.Topics.Counts(InMemoryBroker.SubscriptionPath(RouteRig.Topic("orders"), "sub1")).Duplicates > 0);
    }

    [Fact]
    public async Task Batch_FailsInTheMiddle_NothingAfterItOvertakes()
    {
        await using var rig = new RouteRig(topics: new InMemoryBrokerOptions { Limits = new(2000, 4000, 4, FramingBytes: 10) });
        var batches = 0;
        rig.Senders.Sending = (_, _, _) => ++batches == 2 ? throw new ProviderException("refused", isTransient: false) : Task.CompletedTask;
        await rig.EnqueueAsync("s", "orders", 20);
        await rig.StartAsync("orders");
        await Eventually.HoldsAsync(() => batches >= 2, "the second batch");
        Assert.Equal(4, rig.At("orders").Count);

        await rig.EmptiedAsync();

        rig.AssertExact("s", "orders");
        Assert.Equal(0, rig.Topics.Counts(InMemoryBroker.SubscriptionPath(RouteRig.Topic("orders"), "sub1")).Duplicates);
    }

    [Fact]
    public async Task Session_LockIsLostDuringASend_NothingIsLostOrReordered()
    {
        await using var rig = new RouteRig { Places = 2 };
        var broken = false;
        rig.Senders.Sent = (_, _, _) =>
        {
            if (!broken) broken = rig.Broker.BreakSession(RouteRig.Queue, "s");
            return Task.CompletedTask;
        };
        await rig.EnqueueAsync("s", "orders", 20);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        Assert.True(broken);
        rig.AssertExact("s", "orders");
    }

    [Fact]
    public async Task Queue_CannotBeAccepted_IsTriedAgain()
    {
        await using var rig = new RouteRig { Places = 1 };
        var accepts = 0;
        rig.Broker.Fault = (operation, _) => operation == InMemoryOperation.Accept && ++accepts is 2 or 3 ? new ProviderException("away", isTransient: true) : null;
        await rig.EnqueueAsync("s", "orders", 3);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        rig.AssertExact("s", "orders");
        Assert.True(accepts > 3);
    }

    [Fact]
    public async Task Stop_InTheMiddle_FinishesTheBatchInFlight()
    {
        await using var rig = new RouteRig();
        var (sending, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Senders.Sending = async (_, _, token) =>
        {
            sending.TrySetResult();
            await finish.Task.WaitAsync(token);
        };
        await rig.EnqueueAsync("s", "orders", 7);
        var host = await rig.StartAsync("orders");
        await sending.Task.WaitAsync(RouteRig.Stop);

        var stopping = host.StopAsync(RouteRig.Stop);
        await rig.EnqueueAsync("s", "orders", 2);
        finish.SetResult();
        await stopping;

        Assert.Equal(7, rig.At("orders").Count);
        Assert.Equal((2, 0), (rig.Broker.Counts(RouteRig.Queue).Available, rig.Broker.Counts(RouteRig.Queue).Locked));
        await rig.StartAsync("orders");
        await rig.EmptiedAsync();
        rig.AssertExact("s", "orders");
    }

    [Fact]
    public async Task Stop_SendNeverEnds_IsAbandonedWhenTheGraceIsOver()
    {
        var time = new FakeTimeProvider();
        await using var rig = new RouteRig(time);
        var sending = new TaskCompletionSource();
        rig.Senders.Sending = async (_, _, token) =>
        {
            sending.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
        };
        await rig.EnqueueAsync("s", "orders", 7);
        var host = await rig.StartAsync("orders");
        await sending.Task.WaitAsync(RouteRig.Stop);

        var stopping = host.StopAsync(RouteRig.Stop);
        await Eventually.HoldsAsync(time, Second, () => stopping.IsCompleted, "the stop");

        Assert.Equal((7, 0), (rig.Broker.Counts(RouteRig.Queue).Available, rig.Broker.Counts(RouteRig.Queue).Locked));
    }

    [Fact]
    public async Task Stop_WhileASessionIsHeld_GivesItBackAtOnce()
    {
        await using var rig = new RouteRig(new FakeTimeProvider());
        rig.Senders.Sending = static (_, _, _) => throw new ProviderException("gone", isTransient: false);
        await rig.EnqueueAsync("s", "orders", 1);
        var host = await rig.StartAsync("orders");
        await Eventually.HoldsAsync(() => rig.Broker.Counts(RouteRig.Queue).Locked == 1, "the session held");

        await host.StopAsync(RouteRig.Stop);

        Assert.Equal((1, 0), (rig.Broker.Counts(RouteRig.Queue).Available, rig.Broker.Counts(RouteRig.Queue).Locked));
    }
}
