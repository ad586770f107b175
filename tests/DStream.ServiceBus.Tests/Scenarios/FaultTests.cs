using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>A broker that is slow, full or busy, and links and connections that end.</summary>
public sealed class FaultTests
{
    [Fact]
    [Scenario("is throttled by its credits, and served in the next second")]
    public async Task SendAsync_CreditsUsedUp_IsTransientUntilTheNextSecond()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Throttle.CreditsPerSecond = 2;

        await sender.SendAsync(Samples.Messages(0, 2), Bench.Token);
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(2, 1), Bench.Token));
        time.Advance(TimeSpan.FromSeconds(1));
        await sender.SendAsync(Samples.Messages(2, 1), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Equal(3, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    [Scenario("refuses what does not fit into a full queue")]
    public async Task SendAsync_FullQueue_IsTransientUntilThereIsRoom()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateQueue("small", new QueueOptions { RequiresSession = true, MaxSizeInMegabytes = 1 });
        await using var sender = await bench.Namespace.OpenSenderAsync("small", Bench.Token);
        var large = Samples.Messages(0, 6, bodyBytes: 200 * 1024);
        for (var number = 0; number < 5; number++) await sender.SendAsync(large.AsMemory(number, 1), Bench.Token);
        await using var receiver = await bench.AcceptAsync("small");
        Assert.Equal(5, bench.Find("small").Counts.Active);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await sender.SendAsync(large.AsMemory(5, 1), Bench.Token));
        await receiver.CompleteAsync(await Bench.DrainAsync(receiver, 1), Bench.Token);
        await sender.SendAsync(large.AsMemory(5, 1), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Contains("a quota is used up", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, bench.Find("small").Counts.Active);
    }

    [Fact]
    [Scenario("waits for a slow broker")]
    public async Task SendAsync_SlowBroker_WaitsAndKeepsTheOrder()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        var slow = bench.Broker.Faults.DelaySend(TimeSpan.FromSeconds(5), Bench.Queue);

        var sending = Task.WhenAll(sender.SendAsync(Samples.Messages(0, 1), Bench.Token).AsTask(), sender.SendAsync(Samples.Messages(1, 1), Bench.Token).AsTask());
        await Bench.UntilAsync(() => slow.Struck == 1);
        var early = sending.IsCompleted;
        await Bench.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return sending.IsCompleted;
        });
        await sending;
        await using var receiver = await bench.AcceptAsync();

        Assert.False(early);
        Assert.Equal(Bench.Ids(0, 2), Bench.Ids(await Bench.DrainAsync(receiver, 2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Scenario("goes on streaming after the connection was lost")]
    [Scenario("goes on streaming after its link was detached")]
    public async Task ReceiveAsync_ConnectionOrLinkLost_IsTransientAndTheNextReceiverGoesOn(bool connection)
    {
        await using var bench = await Bench.StartAsync();
        await using var first = await bench.SubscribeAsync();
        await bench.SendAsync(Bench.Topic, Samples.Message(1));
        await first.CompleteAsync(await Bench.DrainAsync(first, 1), Bench.Token);
        var waiting = first.ReceiveAsync(1, TimeSpan.FromMinutes(1), Bench.Token).AsTask();

        var ended = connection ? bench.Broker.Faults.DropConnections() : bench.Broker.Faults.DetachLinks(bench.FindSubscription(Bench.Subscription).Path);
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(() => waiting);
        await using var second = await Bench.RetryAsync(() => bench.SubscribeAsync());
        await bench.SendAsync(Bench.Topic, Samples.Message(2));

        Assert.Equal((1, true), (ended, failure.IsTransient));
        Assert.Equal(Bench.Ids(2, 1), Bench.Ids(await Bench.DrainAsync(second, 1)));
    }

    [Fact]
    [Scenario("settles on another connection when the first was lost at settlement")]
    public async Task CompleteAsync_ConnectionLostMeanwhile_TheNextReceiverSettles()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var first = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(first, 1);
        bench.Broker.Faults.DropOnSettle(Bench.Queue);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await first.CompleteAsync(messages, Bench.Token));
        await using var second = await Bench.RetryAsync(() => bench.AcceptAsync());
        await second.CompleteAsync(await Bench.DrainAsync(second, 1), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    [Scenario("refuses a receiver that waits for a session when its links are detached")]
    public async Task AcceptSessionAsync_LinkDetachedMeanwhile_FailsWithItsReason()
    {
        await using var bench = await Bench.StartAsync();
        var accepting = bench.AcceptAsync();
        await Bench.UntilAsync(() => bench.Broker.Faults.DetachLinks(Bench.Queue, "com.microsoft:entity-disabled") > 0);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(() => accepting);

        Assert.False(failure.IsTransient);
        Assert.Contains("the entity is disabled", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Scenario("tells a handler that its queue is gone")]
    [Scenario("deletes a queue under its receiver")]
    public async Task ReceiveAsync_QueueDeletedMeanwhile_FailsForGood()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();
        await Bench.DrainAsync(receiver, 1);
        var waiting = receiver.ReceiveAsync(1, TimeSpan.FromMinutes(1), Bench.Token).AsTask();

        bench.Broker.Broker.Delete(Bench.Queue);
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(() => waiting);
        var missing = await Assert.ThrowsAnyAsync<ProviderException>(() => bench.AcceptAsync());

        Assert.False(failure.IsTransient || missing.IsTransient);
    }

    [Fact]
    [Scenario("frees a session when its lock ran out, and keeps it while it is renewed")]
    public async Task CompleteAsync_SessionNoLongerRenewed_FailsAndTheSessionIsFree()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(options => options with { RenewSessionLocks = false }, brokerTime: time);
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var first = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(first, 1);

        time.Advance(TimeSpan.FromSeconds(40));
        var accepting = bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMinutes(5), Bench.Token).AsTask();
        await Bench.UntilAsync(() => bench.Broker.LinkCount == 2);
        var early = accepting.IsCompleted;
        time.Advance(TimeSpan.FromSeconds(21));
        await using var second = Assert.IsType<IMessageReceiver>(await accepting, exactMatch: false);
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await first.CompleteAsync(messages, Bench.Token));

        Assert.Equal((false, true), (early, failure.IsTransient));
        Assert.Single(await Bench.DrainAsync(second, 1));
    }

    [Fact]
    [Scenario("closes an idle link and an idle connection by the clock")]
    public async Task SendAsync_AfterLinkAndConnectionWereClosedAsIdle_GoesOn()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time, standIn: new() { CloseIdle = true });
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        await sender.SendAsync(Samples.Messages(0, 1), Bench.Token);

        for (var step = 0; step < 70; step++) time.Advance(TimeSpan.FromSeconds(10));
        await Bench.UntilAsync(() => bench.Broker.LinkCount == 0 && bench.Log.Count(4002) == 1);
        await sender.SendAsync(Samples.Messages(1, 1), Bench.Token);

        Assert.Equal(2, bench.Find(Bench.Queue).Counts.Active);
    }
}
