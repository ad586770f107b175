using Azure.Messaging.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;
using static DStream.StandIns.ServiceBus.Tests.Judges.Sdk.SdkJudge;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

public sealed class SdkReceivingTests(SdkJudge judge) : IClassFixture<SdkJudge>
{
    [Fact]
    public async Task CompleteMessage_Received_IsGone()
    {
        var (queue, receiver) = await FilledAsync(3);

        foreach (var message in await ReceiveAsync(receiver, 3)) await receiver.CompleteMessageAsync(message, Stop);

        Assert.Equal(0, judge.Find(queue).Counts.Total);
    }

    [Fact]
    public async Task AbandonMessage_WithProperties_ComesAgainWithThemAndIsCounted()
    {
        var (_, receiver) = await FilledAsync(1);

        await receiver.AbandonMessageAsync((await ReceiveAsync(receiver, 1))[0], new Dictionary<string, object> { ["tried"] = 1 }, Stop);
        var again = Assert.Single(await ReceiveAsync(receiver, 1));

        Assert.Equal(2, again.DeliveryCount);
        Assert.Equal(1, again.ApplicationProperties["tried"]);
    }

    [Fact]
    public async Task DeferMessage_ByItsNumber_IsReceivedAndSettledEveryWay()
    {
        var (queue, receiver) = await FilledAsync(4);
        var numbers = new List<long>();
        foreach (var message in await ReceiveAsync(receiver, 4))
        {
            await receiver.DeferMessageAsync(message, cancellationToken: Stop);
            numbers.Add(message.SequenceNumber);
        }

        Assert.Null(await receiver.ReceiveMessageAsync(Moment, Stop));
        var deferred = await receiver.ReceiveDeferredMessagesAsync(numbers, Stop);
        await receiver.CompleteMessageAsync(deferred[0], Stop);
        await receiver.AbandonMessageAsync(deferred[1], cancellationToken: Stop);
        await receiver.DeadLetterMessageAsync(deferred[2], "reason", "description", Stop);
        await receiver.DeferMessageAsync(deferred[3], cancellationToken: Stop);

        Assert.Equal(["id-1", "id-3"], (await receiver.ReceiveDeferredMessagesAsync([numbers[1], numbers[3]], Stop)).Select(message => message.MessageId));
        Assert.Equal(1, judge.Find(queue).DeadLetter!.Counts.Active);
    }

    [Fact]
    public async Task DeadLetterMessage_WithReason_LiesInTheSubQueue()
    {
        var (queue, receiver) = await FilledAsync(1);

        await receiver.DeadLetterMessageAsync((await ReceiveAsync(receiver, 1))[0], new Dictionary<string, object> { ["by"] = "test" }, "Unreadable", "No JSON.", Stop);
        await using var dead = judge.Client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = Assert.Single(await ReceiveAsync(dead, 1));

        Assert.Equal(("Unreadable", "No JSON.", "test"), (letter.DeadLetterReason, letter.DeadLetterErrorDescription, letter.ApplicationProperties["by"]));
        await dead.CompleteMessageAsync(letter, Stop);
    }

    [Fact]
    public async Task AbandonMessage_AfterTheLastDelivery_IsDeadLettered()
    {
        var queue = judge.NewQueue(new QueueOptions { MaxDeliveryCount = 2 });
        await judge.SendAsync(queue, Message(1));
        await using var receiver = judge.Client.CreateReceiver(queue);

        for (var times = 0; times < 2; times++) await receiver.AbandonMessageAsync((await ReceiveAsync(receiver, 1))[0], cancellationToken: Stop);
        await using var dead = judge.Client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(await ReceiveAsync(dead, 1)).DeadLetterReason);
    }

    [Fact]
    public async Task ReceiveMessage_ReceiveAndDelete_IsGoneAtOnce()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(3));
        await using var receiver = judge.Client.CreateReceiver(queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });

        var received = await ReceiveAsync(receiver, 3);

        Assert.Equal(["id-0", "id-1", "id-2"], received.Select(message => message.MessageId));
        Assert.Equal(0, judge.Find(queue).Counts.Total);
    }

    [Fact]
    public async Task ReceiveMessage_EmptyQueue_IsNullAfterTheWait()
    {
        await using var receiver = judge.Client.CreateReceiver(judge.NewQueue());

        Assert.Null(await receiver.ReceiveMessageAsync(Moment, Stop));
    }

    [Fact]
    public async Task ReceiveMessages_Prefetching_ComeInOrder()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(100));
        await using var receiver = judge.Client.CreateReceiver(queue, new ServiceBusReceiverOptions { PrefetchCount = 40 });
        var received = new List<string>();

        // The SDK gives new credit for what is settled.
        for (var pages = 0; pages < 5; pages++)
        {
            foreach (var message in await ReceiveAsync(receiver, 20))
            {
                received.Add(message.MessageId);
                await receiver.CompleteMessageAsync(message, Stop);
            }
        }

        Assert.Equal(Messages(100).Select(message => message.MessageId), received);
    }

    [Fact]
    public async Task ReceiveMessages_AsStream_GoesOnUntilItIsLeft()
    {
        var (queue, receiver) = await FilledAsync(5);
        var received = new List<string>();

        await foreach (var message in receiver.ReceiveMessagesAsync(Stop))
        {
            await receiver.CompleteMessageAsync(message, Stop);
            received.Add(message.MessageId);
            if (received.Count == 5) break;
        }

        Assert.Equal(Messages(5).Select(message => message.MessageId), received);
        Assert.Equal(0, judge.Find(queue).Counts.Total);
    }

    [Fact]
    public async Task PeekMessages_FromNumber_LockNothing()
    {
        var (_, receiver) = await FilledAsync(5);

        var first = await receiver.PeekMessagesAsync(2, cancellationToken: Stop);
        var next = await receiver.PeekMessagesAsync(10, cancellationToken: Stop);
        var fromStart = await receiver.PeekMessagesAsync(10, 1, Stop);

        Assert.Equal((2, 3, 5), (first.Count, next.Count, fromStart.Count));
        Assert.Equal(5, (await ReceiveAsync(receiver, 5)).Count);
    }

    [Fact]
    public async Task ReceiveMessages_TwoReceivers_GetNoMessageTwice()
    {
        var (queue, one) = await FilledAsync(40);
        await using var other = judge.Client.CreateReceiver(queue);

        var both = await Task.WhenAll(ReceiveAsync(one, 20), ReceiveAsync(other, 20));

        Assert.Equal(40, both.SelectMany(messages => messages).Select(message => message.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task RenewMessageLock_BeforeItsEnd_HoldsLonger()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = time }, Stop);
        standIn.Broker.CreateQueue("q");
        await using var client = Connect(standIn.ConnectionString);
        await client.CreateSender("q").SendMessageAsync(Message(1), Stop);
        await using var receiver = client.CreateReceiver("q");
        var message = (await ReceiveAsync(receiver, 1))[0];
        var before = message.LockedUntil;

        time.Advance(TimeSpan.FromSeconds(20));
        await receiver.RenewMessageLockAsync(message, Stop);

        Assert.Equal(before + TimeSpan.FromSeconds(20), message.LockedUntil, TimeSpan.FromSeconds(1));
        await receiver.CompleteMessageAsync(message, Stop);
    }

    [Fact]
    public async Task CompleteMessage_LockRanOut_IsLostAndComesAgain()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = time }, Stop);
        standIn.Broker.CreateQueue("q");
        await using var client = Connect(standIn.ConnectionString);
        await client.CreateSender("q").SendMessageAsync(Message(1), Stop);
        await using var receiver = client.CreateReceiver("q");
        var message = (await ReceiveAsync(receiver, 1))[0];

        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, await ReasonAsync(() => receiver.CompleteMessageAsync(message, Stop)));
        Assert.Equal(2, Assert.Single(await ReceiveAsync(receiver, 1)).DeliveryCount);
    }

    [Fact]
    public async Task ReceiveMessage_MissingQueue_IsNamed()
    {
        await using var receiver = judge.Client.CreateReceiver("q-nowhere");

        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => receiver.ReceiveMessageAsync(Patience, Stop)));
    }

    [Fact]
    public async Task ReceiveMessage_ConnectionBroke_ConnectsAgain()
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, Stop);
        standIn.Broker.CreateQueue("q");
        await using var client = Connect(standIn.ConnectionString, new ServiceBusClientOptions
        {
            RetryOptions = new() { MaxRetries = 5, Delay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(50) },
        });
        await using var sender = client.CreateSender("q");
        await using var receiver = client.CreateReceiver("q");
        await sender.SendMessageAsync(Message(1), Stop);
        await receiver.CompleteMessageAsync((await ReceiveAsync(receiver, 1))[0], Stop);

        standIn.Faults.DropConnections();
        await sender.SendMessageAsync(Message(2), Stop);

        Assert.Equal("id-2", Assert.Single(await ReceiveAsync(receiver, 1)).MessageId);
    }

    private async Task<(string Queue, ServiceBusReceiver Receiver)> FilledAsync(int count)
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(count));
        return (queue, judge.Client.CreateReceiver(queue));
    }
}
