using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>Subscriptions beside each other, and what the clock does to their messages.</summary>
public sealed class SubscriptionTests
{
    private const string Other = "sub2";

    [Fact]
    [Scenario("hands each message to every subscription")]
    [Scenario("settles one subscription without the other")]
    public async Task DeadLetterAsync_InOneSubscription_LeavesTheOtherAsItIs()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateSubscription(Bench.Topic, Other);
        await bench.SendAsync(Bench.Topic, Samples.Messages(0, 2));
        await using var one = await bench.SubscribeAsync();
        await using var other = await bench.SubscribeAsync(Other);
        var ofOne = await Bench.DrainAsync(one, 2);

        await one.DeadLetterAsync(ofOne[0], "reason", "description", Bench.Token);
        await using var dead = await bench.SubscribeAsync(deadLetter: true);

        Assert.Equal(Bench.Ids(0, 1), Bench.Ids(await Bench.DrainAsync(dead, 1)));
        Assert.Equal(Bench.Ids(0, 2), Bench.Ids(ofOne));
        Assert.Equal(Bench.Ids(0, 2), Bench.Ids(await Bench.DrainAsync(other, 2)));
    }

    [Fact]
    [Scenario("keeps sessions in a subscription")]
    public async Task AcceptSessionAsync_OfASubscription_GivesItsSession()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateSubscription(Bench.Topic, Other, new QueueOptions { RequiresSession = true });
        await bench.SendAsync(Bench.Topic, Samples.Message(1, "S"));

        await using var receiver = await bench.AcceptAsync($"{Bench.Topic}/Subscriptions/{Other}");

        Assert.Equal("S", receiver.SessionId);
        Assert.Single(await Bench.DrainAsync(receiver, 1));
    }

    [Fact]
    [Scenario("dead-letters in a subscription after the last delivery")]
    public async Task AbandonAsync_LastDeliveryOfASubscription_DeadLetters()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateSubscription(Bench.Topic, Other, new QueueOptions { MaxDeliveryCount = 2 });
        await bench.SendAsync(Bench.Topic, Samples.Message(1));
        await using var receiver = await bench.SubscribeAsync(Other);
        await using var dead = await bench.SubscribeAsync(Other, deadLetter: true);

        await AssertDeadLetteredAsync(receiver, dead);
    }

    [Fact]
    [Scenario("dead-letters after the last delivery")]
    public async Task AbandonAsync_LastDeliveryOfAQueue_DeadLetters()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateQueue("few", new QueueOptions { MaxDeliveryCount = 2, RequiresSession = true });
        await bench.SendAsync("few", Samples.Message(1));
        await using var receiver = await bench.AcceptAsync("few");
        await using var dead = await bench.Namespace.OpenDeadLetterReceiverAsync("few", Bench.Token);

        await AssertDeadLetteredAsync(receiver, dead);
    }

    [Fact]
    [Scenario("gives a message again when its lock ran out")]
    [Scenario("says that a lock is lost, and delivers again")]
    public async Task CompleteAsync_LockRanOut_FailsTransientAndTheMessageComesAgain()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time);
        await bench.SendAsync(Bench.Topic, Samples.Message(1));
        await using var receiver = await bench.SubscribeAsync();
        var first = await Bench.DrainAsync(receiver, 1);

        time.Advance(TimeSpan.FromSeconds(61));
        var second = await Bench.DrainAsync(receiver, 1);
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await receiver.CompleteAsync(first, Bench.Token));
        await receiver.CompleteAsync(second, Bench.Token);

        Assert.Equal((0, 1), (first[0].DeliveryCount, second[0].DeliveryCount));
        Assert.True(failure.IsTransient);
        Assert.Contains("the message's lock was lost", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, bench.FindSubscription(Bench.Subscription).Counts.Total);
    }

    [Fact]
    [Scenario("expires messages by their time to live")]
    [Scenario("expires by the clock where nobody asks")]
    public async Task ReceiveAsync_ExpiredMessage_LiesInTheDeadLetterQueue()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(brokerTime: time);
        bench.Broker.Broker.CreateSubscription(
            Bench.Topic, Other, new QueueOptions { DefaultMessageTimeToLive = TimeSpan.FromMinutes(1), DeadLetteringOnMessageExpiration = true });
        await bench.SendAsync(Bench.Topic, Samples.Message(1));

        time.Advance(TimeSpan.FromSeconds(61));
        await bench.SendAsync(Bench.Topic, Samples.Message(2));
        await using var receiver = await bench.SubscribeAsync(Other);
        await using var dead = await bench.SubscribeAsync(Other, deadLetter: true);

        Assert.Equal(Bench.Ids(2, 1), Bench.Ids(await Bench.DrainAsync(receiver, 1)));
        Assert.Equal("TTLExpiredException", Bench.Decode(Assert.Single(await Bench.DrainAsync(dead, 1))).ApplicationProperties["DeadLetterReason"]);
    }

    private static async Task AssertDeadLetteredAsync(IMessageReceiver receiver, IMessageReceiver dead)
    {
        for (var delivery = 0; delivery < 2; delivery++) await receiver.AbandonAsync(await Bench.DrainAsync(receiver, 1), Bench.Token);
        var letters = await Bench.DrainAsync(dead, 1);
        await dead.CompleteAsync(letters, Bench.Token);

        Assert.Equal("MaxDeliveryCountExceeded", Bench.Decode(letters[0]).ApplicationProperties["DeadLetterReason"]);
    }
}
