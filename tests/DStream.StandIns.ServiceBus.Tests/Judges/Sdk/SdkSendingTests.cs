using Azure.Messaging.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Judges.Sdk.SdkJudge;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

public sealed class SdkSendingTests(SdkJudge judge) : IClassFixture<SdkJudge>
{
    [Fact]
    public async Task SendMessage_EveryProperty_IsReceived()
    {
        var queue = judge.NewQueue();
        var sent = new ServiceBusMessage("""{"n":1}""")
        {
            MessageId = "m-1", Subject = "Persons", ContentType = "application/json", CorrelationId = "c", To = "there", ReplyTo = "back",
            ReplyToSessionId = "rs", PartitionKey = "p", TimeToLive = TimeSpan.FromMinutes(5),
            ApplicationProperties = { ["text"] = "ä", ["int"] = 7, ["long"] = 8L, ["bool"] = true, ["guid"] = Guid.Parse("1f3c2b6e-7f0b-4a53-9a56-2a3c0c0e6f11"), ["time"] = DateTime.UnixEpoch },
        };

        await judge.SendAsync(queue, sent);
        await using var receiver = judge.Client.CreateReceiver(queue);
        var received = Assert.Single(await ReceiveAsync(receiver, 1));

        Assert.Equal("""{"n":1}""", received.Body.ToString());
        Assert.Equal(
            (sent.MessageId, sent.Subject, sent.ContentType, sent.CorrelationId, sent.To, sent.ReplyTo, sent.ReplyToSessionId, sent.PartitionKey, sent.TimeToLive),
            (received.MessageId, received.Subject, received.ContentType, received.CorrelationId, received.To, received.ReplyTo, received.ReplyToSessionId, received.PartitionKey, received.TimeToLive));
        Assert.Equal(sent.ApplicationProperties.OrderBy(pair => pair.Key), received.ApplicationProperties.OrderBy(pair => pair.Key));
        Assert.Equal((1, 1), (received.SequenceNumber, received.DeliveryCount));
        Assert.InRange(received.EnqueuedTime, DateTimeOffset.UnixEpoch, received.LockedUntil);
    }

    [Fact]
    public async Task SendMessage_OneByOne_KeepsTheOrder()
    {
        var queue = judge.NewQueue();
        await using var sender = judge.Client.CreateSender(queue);
        await using var receiver = judge.Client.CreateReceiver(queue);

        foreach (var message in Messages(30)) await sender.SendMessageAsync(message, Stop);

        Assert.Equal(Messages(30).Select(message => message.MessageId), (await ReceiveAsync(receiver, 30)).Select(message => message.MessageId));
    }

    [Fact]
    public async Task SendMessages_Batch_ArrivesWholeAndInOrder()
    {
        var queue = judge.NewQueue();
        await using var sender = judge.Client.CreateSender(queue);
        await using var receiver = judge.Client.CreateReceiver(queue);
        using var batch = await sender.CreateMessageBatchAsync(Stop);
        foreach (var message in Messages(100)) Assert.True(batch.TryAddMessage(message));

        await sender.SendMessagesAsync(batch, Stop);

        Assert.Equal(Messages(100).Select(message => message.Body.ToString()), (await ReceiveAsync(receiver, 100)).Select(message => message.Body.ToString()));
    }

    [Fact]
    public async Task CreateMessageBatch_Full_SaysSo()
    {
        await using var sender = judge.Client.CreateSender(judge.NewQueue());
        using var batch = await sender.CreateMessageBatchAsync(Stop);
        var added = 0;
        while (batch.TryAddMessage(new ServiceBusMessage(new byte[50_000]))) added++;

        await sender.SendMessagesAsync(batch, Stop);

        Assert.InRange(batch.MaxSizeInBytes, 256 * 1024, 1024 * 1024);
        Assert.Equal(batch.MaxSizeInBytes / 50_000, added);
    }

    [Fact]
    public async Task SendMessage_OverTheLimit_IsRefusedAndTheSenderGoesOn()
    {
        var queue = judge.NewQueue();
        await using var sender = judge.Client.CreateSender(queue);

        var reason = await ReasonAsync(() => sender.SendMessageAsync(new ServiceBusMessage(new byte[300_000]), Stop));
        await sender.SendMessageAsync(Message(1), Stop);

        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, reason);
        Assert.Equal(1, judge.Find(queue).Counts.Active);
    }

    [Fact]
    public async Task SendMessage_OfSeveralFrames_ArrivesWhole()
    {
        var queue = judge.NewQueue();
        var body = Enumerable.Range(0, 200_000).Select(at => (byte)at).ToArray();

        await judge.SendAsync(queue, new ServiceBusMessage(body));
        await using var receiver = judge.Client.CreateReceiver(queue);

        Assert.Equal(body, Assert.Single(await ReceiveAsync(receiver, 1)).Body.ToArray());
    }

    [Fact]
    public async Task SendMessage_SameIdAgain_IsDropped()
    {
        var queue = judge.NewQueue(new QueueOptions { RequiresDuplicateDetection = true });

        await judge.SendAsync(queue, Message(1), Message(2));
        await judge.SendAsync(queue, Message(1));

        Assert.Equal(2, judge.Find(queue).Counts.Active);
    }

    [Fact]
    public async Task SendMessage_LivedOut_IsNotReceived()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, new ServiceBusMessage("short") { TimeToLive = TimeSpan.FromMilliseconds(1) }, Message(1));
        await using var receiver = judge.Client.CreateReceiver(queue);

        Assert.Equal("id-1", Assert.Single(await ReceiveAsync(receiver, 1)).MessageId);
    }

    [Fact]
    public async Task ScheduleMessages_Later_AreHeldAndCanBeCancelled()
    {
        var queue = judge.NewQueue();
        await using var sender = judge.Client.CreateSender(queue);
        var later = Now.AddHours(1);

        var numbers = await sender.ScheduleMessagesAsync(Messages(3), later, Stop);
        await sender.CancelScheduledMessageAsync(numbers[1], Stop);
        await using var receiver = judge.Client.CreateReceiver(queue);
        var peeked = await receiver.PeekMessagesAsync(10, cancellationToken: Stop);

        Assert.Equal(["id-0", "id-2"], peeked.Select(message => message.MessageId));
        Assert.All(peeked, message => Assert.Equal(ServiceBusMessageState.Scheduled, message.State));
        Assert.Null(await receiver.ReceiveMessageAsync(Moment, Stop));
    }

    [Fact]
    public async Task ScheduleMessage_InThePast_IsReceivedAtOnce()
    {
        var queue = judge.NewQueue();
        await using var sender = judge.Client.CreateSender(queue);
        await sender.ScheduleMessageAsync(Message(1), Now.AddSeconds(-1), Stop);
        await using var receiver = judge.Client.CreateReceiver(queue);

        Assert.Equal("id-1", Assert.Single(await ReceiveAsync(receiver, 1)).MessageId);
    }

    [Fact]
    public async Task SendMessage_Throttled_IsBusyAndAnotherAttemptGoesThrough()
    {
        var queue = judge.NewQueue();
        await using var patient = Connect(judge.StandIn.ConnectionString, new ServiceBusClientOptions
        {
            RetryOptions = new() { MaxRetries = 3, Delay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(50) },
        });
        await using var sender = judge.Client.CreateSender(queue);
        judge.StandIn.Faults.ServerBusy(queue);

        Assert.Equal(ServiceBusFailureReason.ServiceBusy, await ReasonAsync(() => sender.SendMessageAsync(Message(1), Stop)));
        await sender.SendMessageAsync(Message(2), Stop);

        Assert.Equal(1, judge.Find(queue).Counts.Active);
    }

    [Fact]
    public async Task SendMessage_LinkDetached_AttachesAgain()
    {
        var queue = judge.NewQueue();
        await using var client = Connect(judge.StandIn.ConnectionString, new ServiceBusClientOptions
        {
            RetryOptions = new() { MaxRetries = 3, Delay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(50) },
        });
        await using var sender = client.CreateSender(queue);
        await sender.SendMessageAsync(Message(1), Stop);
        judge.StandIn.Faults.DetachLinks(queue);

        await sender.SendMessageAsync(Message(2), Stop);

        Assert.Equal(2, judge.Find(queue).Counts.Active);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound)]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled)]
    public async Task SendMessage_EntityThatTakesNone_IsNamed(ServiceBusFailureReason expected)
    {
        var queue = expected == ServiceBusFailureReason.MessagingEntityDisabled ? judge.NewQueue(new QueueOptions { Status = EntityStatus.Disabled }) : "q-nowhere";
        await using var sender = judge.Client.CreateSender(queue);

        Assert.Equal(expected, await ReasonAsync(() => sender.SendMessageAsync(Message(1), Stop)));
    }

    [Fact]
    public async Task SendMessage_WrongKey_IsUnauthorized()
    {
        await using var client = Connect(judge.StandIn.ConnectionString.Replace(judge.StandIn.SharedAccessKey, "d3Jvbmc=", StringComparison.Ordinal));
        await using var sender = client.CreateSender(judge.NewQueue());

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => sender.SendMessageAsync(Message(1), Stop));
    }
}
