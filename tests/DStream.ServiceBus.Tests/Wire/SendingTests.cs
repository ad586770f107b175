using DStream.Core;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.ServiceBus.Tests.Sending;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class SendingTests
{
    [Fact]
    [Scenario("takes a batch whole and in order")]
    public async Task SendAsync_BatchesOfSeveralSessions_ArriveWholeAndInOrder()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        for (var batch = 0; batch < 3; batch++)
            foreach (var session in new[] { "a", "b", "c" })
                await sender.SendAsync(Samples.Messages(100 * batch, 100, session).Select(m => m with { MessageId = (byte[])[.. m.MessageId.Span, (byte)session[0]] }).ToArray(), Bench.Token);

        var seen = new List<string>();
        for (var accepted = 0; accepted < 3; accepted++)
        {
            await using var receiver = await bench.AcceptAsync();
            var messages = await Bench.DrainAsync(receiver, 300);
            Assert.Equal(Enumerable.Range(0, 300).Select(number => $"id-{number:D8}{receiver.SessionId}"), messages.Select(message => message.MessageId));
            Assert.All(messages, message => Assert.Equal(Bench.Topic, message.Destination));
            await receiver.CompleteAsync(messages, Bench.Token);
            seen.Add(receiver.SessionId!);
        }

        Assert.Equal(["a", "b", "c"], seen.Order());
        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    [Scenario("delivers a message with all of its properties")]
    public async Task SendAsync_SingleMessage_KeepsEveryPart()
    {
        await using var bench = await Bench.StartAsync();
        var sent = Samples.Message(7, bodyBytes: 100_000) with { TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };

        await bench.SendAsync(Bench.Queue, sent);
        await using var receiver = await bench.AcceptAsync();
        var received = Assert.Single(await Bench.DrainAsync(receiver, 1)).Message;

        Assert.Equal(sent.MessageId.ToArray(), received.MessageId.ToArray());
        Assert.Equal(sent.SessionId, received.SessionId);
        Assert.Equal(sent.Headers, received.Headers);
        Assert.Equal(sent.Lsn.ToArray(), received.Lsn.ToArray());
        Assert.Equal(sent.TraceParent, received.TraceParent);
        Assert.Equal(sent.Body.ToArray(), received.Body.ToArray());
    }

    [Fact]
    public async Task SendAsync_BatchOfSeveralFrames_ArrivesWhole()
    {
        await using var bench = await Bench.StartAsync();
        var sent = Samples.Messages(0, 90, bodyBytes: 10_000);

        await bench.SendAsync(Bench.Queue, sent);
        await using var receiver = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(receiver, sent.Length);

        Assert.Equal(sent.Select(message => Convert.ToHexString(message.Body.Span)), received.Select(message => Convert.ToHexString(message.Message.Body.Span)));
    }

    [Fact]
    public async Task SendAsync_LargestBatchThatLimitsAllow_IsTaken()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        var one = Samples.Message(0, bodyBytes: 2_000);
        var count = (int)(sender.Limits.MaxBatchBytes / (one.ContentBytes + sender.Limits.FramingBytes));

        await sender.SendAsync(Samples.Messages(0, count, bodyBytes: 2_000), Bench.Token);

        Assert.Equal(count, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    public async Task SendAsync_ReceivedMessages_GoOnByteForByte()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 20, bodyBytes: 300));
        await using var source = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(source, 20);

        await bench.SendAsync(Bench.Topic, [.. received.Take(19).Select(message => message.Message)]);
        await bench.SendAsync(Bench.Topic, received[19].Message);
        await using var target = await bench.Namespace.OpenSubscriptionReceiverAsync(Bench.Topic, Bench.Subscription, deadLetter: false, Bench.Token);
        var arrived = await Bench.DrainAsync(target, 20);

        Assert.Null(target.SessionId);
        Assert.Equal(
            received.Select(message => Convert.ToHexString(message.Message.Encoded.Span)),
            arrived.Select(message => Convert.ToHexString(message.Message.Encoded.Span)));
    }

    [Fact]
    [Scenario("sends again what was not acknowledged, and a window drops the second")]
    public async Task SendAsync_LostAcknowledgement_TimesOutAsUnknownAndMayBeRepeated()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(clientTime: time);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        var lost = bench.Broker.Faults.LoseAcknowledgement(Bench.Queue);

        var sending = sender.SendAsync(Samples.Messages(0, 5), Bench.Token).AsTask();
        await Bench.UntilAsync(() => lost.Struck == 1);
        time.Advance(bench.Options.OperationTimeout);
        var failure = await Assert.ThrowsAsync<ProviderException>(() => sending);
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Contains("unknown", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active); // I5
    }

    [Fact]
    [Scenario("sends again to a busy queue until it is served")]
    [Scenario("gives up on a busy queue with its error")]
    public async Task SendAsync_Throttled_IsTransientAndTheLinkGoesOn()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.ServerBusy(Bench.Queue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 5), Bench.Token));
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Contains("throttling", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, bench.Log.Count(4002));
    }

    [Theory]
    [InlineData("com.microsoft:entity-disabled", false, "the entity is disabled")]
    [InlineData("amqp:resource-limit-exceeded", true, "a quota is used up")]
    [InlineData("amqp:unauthorized-access", true, "no longer accepts the token")]
    [Scenario("reports any condition by its name")]
    public async Task SendAsync_Rejected_SaysWhatTheConditionMeans(string condition, bool isTransient, string text)
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.RejectSend(condition, Bench.Queue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 5), Bench.Token));

        Assert.Equal(isTransient, failure.IsTransient);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    [Scenario("sends again after its link was detached")]
    public async Task SendAsync_LinkDetachedWhileSending_IsTransientAndAttachesAgain()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.DetachOnSend(Bench.Queue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 5), Bench.Token));
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active);
        Assert.Equal(1, bench.Broker.ConnectionCount);
    }

    [Fact]
    public async Task SendAsync_LinkDetachedBefore_AttachesAgainUnseen()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.DetachLinks(Bench.Queue);
        await Bench.UntilAsync(() => bench.Log.Count(4002) == 1);

        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    [Scenario("sends again after the connection was lost")]
    public async Task SendAsync_ConnectionBrokenWhileSending_IsTransientAndConnectsAgain()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.DropOnSend(Bench.Queue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 5), Bench.Token));
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.True(failure.IsTransient);
        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active);
        Assert.Equal(1, bench.Log.Count(4001));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Scenario("goes on after a restart of the broker, with its messages kept")]
    public async Task SendAsync_BrokerRestarts_GoesOnOnTheSamePort(bool abruptly)
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        var sent = 0;
        var sending = Bench.RetryAsync(async () =>
        {
            while (sent < 200)
            {
                await sender.SendAsync(Samples.Messages(sent * 10, 10), Bench.Token);
                sent++;
            }

            return sent;
        });

        await Bench.UntilAsync(() => sent > 20);
        bench.Broker.Suspend(abruptly);
        bench.Broker.Resume();
        await sending;

        await using var receiver = await Bench.RetryAsync(() => bench.AcceptAsync());
        var received = await Bench.DrainAsync(receiver, 2000);
        Assert.Equal(Enumerable.Range(0, 2000).Select(number => $"id-{number:D8}"), received.Select(message => message.MessageId));
        Assert.Equal(2000, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    [Scenario("refuses a message over the limit and goes on")]
    public async Task SendAsync_LargerThanTheEntityTakes_FailsForGood()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 1, bodyBytes: 300_000), Bench.Token));
        await sender.SendAsync(Samples.Messages(0, 1), Bench.Token);

        Assert.False(failure.IsTransient);
        Assert.Equal(1, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    public async Task SendAsync_Cancelled_EndsAtOnceAndTheSenderGoesOn()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        using var stop = new CancellationTokenSource();
        var lost = bench.Broker.Faults.LoseAcknowledgement(Bench.Queue);

        var sending = sender.SendAsync(Samples.Messages(0, 5), stop.Token).AsTask();
        await Bench.UntilAsync(() => lost.Struck == 1);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await sender.SendAsync(Samples.Messages(5, 5), Bench.Token);
        Assert.Equal(10, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    public async Task SendAsync_ManyAtOnce_AllArrive()
    {
        await using var bench = await Bench.StartAsync();
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Topic, Bench.Token);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => sender.SendAsync(Samples.Messages(10 * number, 10), Bench.Token).AsTask()));

        Assert.Equal(2000, bench.Broker.Broker.Topics.Single().Subscriptions[Bench.Subscription].Counts.Active);
    }

    [Fact]
    [Scenario("tells the size a batch may have")]
    public async Task OpenSenderAsync_Entity_ReadsItsLimits()
    {
        await using var bench = await Bench.StartAsync();

        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);

        Assert.Equal(new SendLimits(256 * 1024, (1024 * 1024) - 1024, 4500, 160), sender.Limits);
    }
}
