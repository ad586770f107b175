using System.Collections.Concurrent;
using Amqp;
using DStream.Core;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.ServiceBus.Tests.Sending;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class ReceivingTests
{
    [Fact]
    [Scenario("says that no session is free in time")]
    public async Task AcceptSessionAsync_NoSession_ReturnsNull()
    {
        await using var bench = await Bench.StartAsync();

        Assert.Null(await bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMilliseconds(50), Bench.Token));
    }

    [Fact]
    [Scenario("waits for a session that comes later")]
    public async Task AcceptSessionAsync_SessionComesLater_WaitsForIt()
    {
        await using var bench = await Bench.StartAsync();
        var accepting = bench.AcceptAsync();

        await bench.SendAsync(Bench.Queue, Samples.Message(1, "late"));
        await using var receiver = await accepting;

        Assert.Equal("late", receiver.SessionId);
    }

    [Fact]
    [Scenario("refuses receivers of the wrong kind")]
    public async Task AcceptSessionAsync_QueueWithoutSessions_FailsForGood()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateQueue("plain");

        var failure = await Assert.ThrowsAsync<ProviderException>(() => bench.AcceptAsync("plain"));

        Assert.False(failure.IsTransient);
        Assert.Contains("az servicebus queue create --name plain --enable-session true", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptSessionAsync_Cancelled_EndsAtOnceAndLeavesTheSessionFree()
    {
        await using var bench = await Bench.StartAsync();
        using var stop = new CancellationTokenSource();
        var accepting = bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMinutes(1), stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();

        Assert.Single(await Bench.DrainAsync(receiver, 1));
    }

    [Fact]
    public async Task AcceptSessionAsync_ConnectionBreaksUnderManyWaits_SaysOnceThatItWasLost()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Null(await bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMilliseconds(50), Bench.Token));
        var waiting = Enumerable.Range(0, 32)
            .Select(_ => bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMinutes(1), Bench.Token).AsTask()).ToArray();
        await Bench.UntilAsync(() => bench.Broker.LinkCount == waiting.Length);

        bench.Broker.Faults.DropConnections();

        foreach (var wait in waiting) Assert.True((await Assert.ThrowsAnyAsync<ProviderException>(() => wait)).IsTransient);

        // A link hears of the end before the connection does.
        await Bench.UntilAsync(() => bench.Log.Count(4001) > 0);
        Assert.Null(await bench.Namespace.AcceptSessionAsync(Bench.Queue, TimeSpan.FromMilliseconds(50), Bench.Token));
        Assert.Equal(1, bench.Log.Count(4001));
    }

    [Fact]
    [Scenario("answers an empty queue after the time asked for")]
    public async Task ReceiveAsync_NothingInTime_ReturnsEmpty()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();
        await receiver.CompleteAsync(await Bench.DrainAsync(receiver, 1), Bench.Token);

        Assert.Empty(await receiver.ReceiveAsync(10, TimeSpan.FromMilliseconds(20), Bench.Token));
    }

    [Fact]
    [Scenario("abandons with changed properties and counts the delivery")]
    public async Task AbandonAsync_Message_ComesAgain()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();

        await receiver.AbandonAsync(await Bench.DrainAsync(receiver, 1), Bench.Token);
        var again = Assert.Single(await Bench.DrainAsync(receiver, 1));

        Assert.Equal(1, again.DeliveryCount);
        Assert.Equal("id-00000001", again.MessageId);
    }

    [Fact]
    [Scenario("dead-letters with reason and description")]
    public async Task DeadLetterAsync_Message_CarriesTheReason()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(1, 2));
        await using var receiver = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(receiver, 2);

        await receiver.DeadLetterAsync(messages[0], "UnknownDestination", "No topic of that name.", Bench.Token);
        await using var dead = await bench.Namespace.OpenDeadLetterReceiverAsync(Bench.Queue, Bench.Token);
        var found = Assert.Single(await Bench.DrainAsync(dead, 1));

        var decoded = Bench.Decode(found);
        Assert.Equal("id-00000001", found.MessageId);
        Assert.Equal("UnknownDestination", decoded.ApplicationProperties.Map["DeadLetterReason"]);
        Assert.Equal("No topic of that name.", decoded.ApplicationProperties.Map["DeadLetterErrorDescription"]);
        Assert.Equal(Bench.Topic, found.Destination);
    }

    [Fact]
    public async Task ReceiveAsync_MessagesOfOtherClients_KeepTheirBytesAndCanBeSettled()
    {
        await using var bench = await Bench.StartAsync();
        var sent = new[]
        {
            new Message("a string") { Properties = new() { MessageId = "value", GroupId = "s" } },
            new Message { BodySection = new Amqp.Framing.AmqpSequence { List = new object[] { 1, "two" } }, Properties = new() { MessageId = "sequence", GroupId = "s" } },
            new Message { Properties = new() { MessageId = "empty", GroupId = "s" } },
        };
        await SendRawAsync(bench, sent);
        await using var receiver = await bench.AcceptAsync();

        var received = await Bench.DrainAsync(receiver, 3);
        await receiver.CompleteAsync(received, Bench.Token);

        Assert.Equal(["value", "sequence", "empty"], received.Select(message => message.MessageId));
        Assert.All(received, message => Assert.Null(message.Destination));
        Assert.Equal("a string", Bench.Decode(received[0]).Body);
        await Bench.UntilAsync(() => bench.Find(Bench.Queue).Counts.Total == 0);
    }

    [Fact]
    [Scenario("frees a session when its receiver closes, uncompleted messages included")]
    public async Task DisposeAsync_UnsettledMessages_ComeAgainInOrder()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 50));
        await using (var first = await bench.AcceptAsync())
            await first.CompleteAsync((await Bench.DrainAsync(first, 20))[..10], Bench.Token);

        await using var second = await bench.AcceptAsync();
        var again = await Bench.DrainAsync(second, 40);

        Assert.Equal(Enumerable.Range(10, 40).Select(number => $"id-{number:D8}"), again.Select(message => message.MessageId));
    }

    // The stand-in's answers to detach and end once waited behind a delivery that was being written, and the session's channel was taken anew.
    [Fact]
    public async Task AcceptSessionAsync_ManyTimesInTheMiddleOfDeliveries_NeverLosesTheConnection()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 200));

        for (var round = 0; round < 100; round++)
        {
            await using var receiver = await bench.AcceptAsync();
            Assert.NotEmpty(await receiver.ReceiveAsync(5, TimeSpan.FromSeconds(20), Bench.Token));
        }

        Assert.Equal(1, bench.Broker.ConnectionCount);
    }

    [Fact]
    public async Task CompleteAsync_SomeOutOfOrder_SettlesThose()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 30));
        await using var receiver = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(receiver, 30);

        await receiver.CompleteAsync([.. messages.Where((_, at) => at % 3 != 0).Reverse()], Bench.Token);

        Assert.Equal(10, bench.Find(Bench.Queue).Counts.Active);
        await Assert.ThrowsAsync<ArgumentException>(async () => await receiver.CompleteAsync([messages[1]], Bench.Token));
    }

    [Fact]
    [Scenario("gives each next session to one receiver")]
    [Scenario("streams a session to a handler")]
    public async Task ReceiveAsync_ManySessionsAtOnce_EachInOrder()
    {
        await using var bench = await Bench.StartAsync();
        await using (var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token))
        {
            foreach (var session in Enumerable.Range(0, 32))
                await sender.SendAsync(Samples.Messages(session * 1000, 300, $"s{session}"), Bench.Token);
        }

        var bySession = new ConcurrentDictionary<string, List<string>>();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            await using var receiver = await bench.AcceptAsync();
            var ids = bySession.GetOrAdd(receiver.SessionId!, []);
            while (ids.Count < 300)
            {
                var messages = await receiver.ReceiveAsync(50, TimeSpan.FromSeconds(20), Bench.Token);
                await receiver.CompleteAsync(messages, Bench.Token);
                ids.AddRange(messages.Select(message => message.MessageId));
            }
        }));

        Assert.Equal(32, bySession.Count);
        Assert.All(bySession, pair => Assert.Equal(
            Enumerable.Range(int.Parse(pair.Key[1..], null) * 1000, 300).Select(number => $"id-{number:D8}"), pair.Value));
        Assert.Equal((0, 1), (bench.Find(Bench.Queue).Counts.Total, bench.Broker.ConnectionCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReceiveAsync_BrokerRestarts_FailsTransientAndTheNextAcceptGoesOn(bool abruptly)
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 10));
        await using var first = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(first, 10);
        var waiting = first.ReceiveAsync(10, TimeSpan.FromMinutes(1), Bench.Token).AsTask();

        bench.Broker.Suspend(abruptly);
        bench.Broker.Resume();
        var failure = await Assert.ThrowsAsync<ProviderException>(() => waiting);
        var settling = await Assert.ThrowsAsync<ProviderException>(async () => await first.CompleteAsync(messages, Bench.Token));
        bench.Broker.Faults.ExpireSessionLocks();
        await using var second = await Bench.RetryAsync(() => bench.AcceptAsync());

        Assert.True(failure.IsTransient && settling.IsTransient);
        Assert.NotNull(second.SessionId);
    }

    [Fact]
    public async Task CompleteAsync_ConnectionBreaks_FailsTransient()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 10));
        await using var receiver = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(receiver, 10);
        bench.Broker.Faults.DropOnSettle(Bench.Queue, times: int.MaxValue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await receiver.CompleteAsync(messages, Bench.Token));

        Assert.True(failure.IsTransient);
        Assert.Equal(10, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    [Scenario("says that a session's lock is lost")]
    [Scenario("tells a session's handler that its lock is lost")]
    public async Task EveryMember_SessionLockLost_FailsTransientAndTheSessionComesAgain()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 10));
        await using var first = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(first, 10);

        bench.Broker.Faults.ExpireSessionLocks(Bench.Queue);
        var failures = new[]
        {
            await Assert.ThrowsAsync<ProviderException>(async () => await first.CompleteAsync(messages, Bench.Token)),
            await Assert.ThrowsAsync<ProviderException>(async () => await first.AbandonAsync(messages, Bench.Token)),
            await Assert.ThrowsAsync<ProviderException>(async () => await first.DeadLetterAsync(messages[0], "r", "d", Bench.Token)),
            await Assert.ThrowsAsync<ProviderException>(async () => await first.ReceiveAsync(1, TimeSpan.FromSeconds(20), Bench.Token)),
        };
        await first.DisposeAsync();
        await using var second = await bench.AcceptAsync();

        Assert.All(failures, failure => Assert.True(failure.IsTransient, failure.Message));
        Assert.Equal(10, (await Bench.DrainAsync(second, 10)).Count);
    }

    [Fact]
    [Scenario("renews a session's lock")]
    [Scenario("renews a lock by itself while its handler works")]
    public async Task KeepLock_LongWork_RenewsTheSession()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(clientTime: time, brokerTime: time);
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 10));
        await using var receiver = await bench.AcceptAsync();
        var messages = await Bench.DrainAsync(receiver, 10);

        for (var renewals = 1; renewals <= 6; renewals++)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Bench.UntilAsync(() => bench.Log.Count(4008) >= renewals);
        }

        await receiver.CompleteAsync(messages, Bench.Token);
        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    public async Task ReceiveAsync_LargeMessages_HoldsAboutThePrefetchedBytes()
    {
        await using var bench = await Bench.StartAsync(options => options with { PrefetchBytes = 500_000 });
        await using (var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token))
        {
            for (var number = 0; number < 40; number++) await sender.SendAsync(Samples.Messages(number, 1, bodyBytes: 100_000), Bench.Token);
        }

        await using var receiver = await bench.AcceptAsync();
        for (var taken = 0; taken < 40; taken++)
        {
            var message = await Bench.DrainAsync(receiver, 1);
            await receiver.CompleteAsync(message, Bench.Token);
        }

        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    private static async Task SendRawAsync(Bench bench, Message[] messages)
    {
        var raw = messages.Select(message =>
        {
            var buffer = message.Encode();
            return new OutboundMessage(default, "s", null, default, null, default) { Encoded = buffer.Buffer.AsMemory(buffer.Offset, buffer.Length).ToArray() };
        }).ToArray();
        await bench.SendAsync(Bench.Queue, raw);
    }
}
