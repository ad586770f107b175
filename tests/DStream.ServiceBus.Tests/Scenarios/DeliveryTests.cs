using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>Order, portions, settlement and duplicates.</summary>
public sealed class DeliveryTests
{
    [Fact]
    [Scenario("keeps the order of single sends")]
    public async Task SendAsync_OneByOne_ArriveInOrder()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        for (var number = 0; number < 30; number++) await sender.SendAsync(Samples.Messages(number, 1), Bench.Token);

        await using var receiver = await bench.AcceptAsync();

        Assert.Equal(Bench.Ids(0, 30), Bench.Ids(await Bench.DrainAsync(receiver, 30)));
    }

    [Fact]
    [Scenario("gives a queue in portions on one receiver, each message once")]
    public async Task ReceiveAsync_InPortions_GivesEachMessageOnceAndInOrder()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Topic, Samples.Messages(0, 100));
        await using var receiver = await bench.SubscribeAsync();

        var seen = new List<string>();
        while (seen.Count < 100)
        {
            var some = await receiver.ReceiveAsync(7, TimeSpan.FromSeconds(20), Bench.Token);
            Assert.InRange(some.Count, 1, 7);
            await receiver.CompleteAsync(some, Bench.Token);
            seen.AddRange(Bench.Ids(some));
        }

        Assert.Equal(Bench.Ids(0, 100), seen);
        Assert.Empty(await receiver.ReceiveAsync(1, TimeSpan.FromMilliseconds(50), Bench.Token));
    }

    [Fact]
    [Scenario("shares a queue among receivers without giving a message twice")]
    public async Task ReceiveAsync_TwoReceivers_ShareTheMessages()
    {
        await using var bench = await Bench.StartAsync(options => options with { Prefetch = 1 });
        await using var first = await bench.SubscribeAsync();
        await using var second = await bench.SubscribeAsync();
        await bench.SendAsync(Bench.Topic, Samples.Messages(0, 40));

        var both = await Task.WhenAll(Bench.DrainAsync(first, 15), Bench.DrainAsync(second, 15)); // Each may hold one more than it gives.

        Assert.Equal(30, Bench.Ids(both.SelectMany(static part => part)).Distinct().Count());
    }

    [Fact]
    [Scenario("completes")]
    [Scenario("settles every way in a session")]
    [Scenario("keeps the number of a dead letter")]
    public async Task Settle_EveryWay_EndsWhereItShould()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 3));
        await using var receiver = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(receiver, 3);

        await receiver.AbandonAsync([messages[0]], Bench.Token);
        await receiver.CompleteAsync([messages[1]], Bench.Token);
        await receiver.DeadLetterAsync(messages[2], "reason", "description", Bench.Token);
        var again = await Bench.DrainAsync(receiver, 1);
        await using var dead = await bench.Namespace.OpenDeadLetterReceiverAsync(Bench.Queue, Bench.Token);
        var letter = Assert.Single(await Bench.DrainAsync(dead, 1));

        Assert.Equal(Bench.Ids(0, 1), Bench.Ids(again));
        Assert.Equal((messages[2].MessageId, messages[2].SequenceNumber), (letter.MessageId, letter.SequenceNumber));
        Assert.Equal(receiver.SessionId, letter.Message.SessionId);
        Assert.Equal(1, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    [Scenario("refuses a message without a session")]
    public async Task SendAsync_NoSessionForAQueueWithSessions_FailsForGood()
    {
        await using var bench = await Bench.StartAsync();

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(() => bench.SendAsync(Bench.Queue, Samples.Message(1, session: null)));

        Assert.False(failure.IsTransient);
        Assert.Contains("SessionId was not set", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Scenario("refuses receivers of the wrong kind")]
    public async Task OpenReceiverAsync_QueueWithSessions_FailsForGood()
    {
        await using var bench = await Bench.StartAsync();

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await bench.Namespace.OpenReceiverAsync(Bench.Queue, Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("requires sessions", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Bench.Queue)]
    [InlineData(Bench.Topic)]
    [Scenario("drops duplicates inside the window")]
    [Scenario("drops duplicates at the topic")]
    [Scenario("takes a duplicate after the window as new")]
    public async Task SendAsync_Duplicates_AreDroppedInsideTheWindowAndNewAfterIt(string entity)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time);
        var kept = entity == Bench.Queue ? bench.Find(entity) : bench.FindSubscription(Bench.Subscription);

        await bench.SendAsync(entity, Samples.Message(1));
        await bench.SendAsync(entity, Samples.Message(1), Samples.Message(2), Samples.Message(2));
        var inside = kept.Counts.Active;
        time.Advance(new QueueOptions().DuplicateDetectionWindow + TimeSpan.FromSeconds(1));
        await bench.SendAsync(entity, Samples.Message(1));

        Assert.Equal((2, 3), (inside, kept.Counts.Active));
    }
}
