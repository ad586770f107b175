using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Judges.Sdk.SdkJudge;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

public sealed class SdkEntityTests(SdkJudge judge) : IClassFixture<SdkJudge>
{
    private readonly string _name = "e-" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Topic_Message_GoesToEverySubscription()
    {
        var topic = judge.NewTopic(subscriptions: ["one", "two"]);

        await judge.SendAsync(topic, Messages(3));

        foreach (var name in new[] { "one", "two" })
        {
            await using var receiver = judge.Client.CreateReceiver(topic, name);
            Assert.Equal(["id-0", "id-1", "id-2"], (await ReceiveAsync(receiver, 3)).Select(message => message.MessageId));
        }
    }

    [Fact]
    public async Task Subscription_Settled_LeavesTheOtherAlone()
    {
        var topic = judge.NewTopic(subscriptions: ["one", "two"]);
        await judge.SendAsync(topic, Message(1));
        await using var one = judge.Client.CreateReceiver(topic, "one");
        await using var two = judge.Client.CreateReceiver(topic, "two");

        await one.DeadLetterMessageAsync((await ReceiveAsync(one, 1))[0], "r", "d", Stop);
        await using var dead = judge.Client.CreateReceiver(topic, "one", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

        Assert.Equal("r", Assert.Single(await ReceiveAsync(dead, 1)).DeadLetterReason);
        Assert.Single(await ReceiveAsync(two, 1));
    }

    [Fact]
    public async Task Subscription_WithSessions_GivesThemOut()
    {
        var topic = judge.NewTopic(new QueueOptions { RequiresSession = true }, null, "one");
        await judge.SendAsync(topic, Messages(3, "s"));

        await using var receiver = await judge.Client.AcceptNextSessionAsync(topic, "one", cancellationToken: Stop);

        Assert.Equal("s", receiver.SessionId);
        Assert.Equal(3, (await ReceiveAsync(receiver, 3)).Count);
    }

    [Fact]
    public async Task Topic_SameIdAgain_IsDropped()
    {
        var topic = judge.NewTopic(null, new TopicOptions { RequiresDuplicateDetection = true }, "one");

        for (var times = 0; times < 2; times++) await judge.SendAsync(topic, Message(1));

        Assert.Equal(1, judge.Find($"{topic}/Subscriptions/one").Counts.Active);
    }

    [Fact]
    public async Task CreateQueue_WithOptions_TellsThemBack()
    {
        var options = new CreateQueueOptions(_name)
        {
            RequiresSession = true, RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(3),
            LockDuration = TimeSpan.FromSeconds(45), MaxDeliveryCount = 7, DefaultMessageTimeToLive = TimeSpan.FromHours(2), DeadLetteringOnMessageExpiration = true,
        };

        await judge.Administration.CreateQueueAsync(options, Stop);
        var found = (await judge.Administration.GetQueueAsync(_name, Stop)).Value;

        Assert.Equal(
            (true, true, TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(45), 7, TimeSpan.FromHours(2), true, Azure.Messaging.ServiceBus.Administration.EntityStatus.Active),
            (found.RequiresSession, found.RequiresDuplicateDetection, found.DuplicateDetectionHistoryTimeWindow, found.LockDuration, found.MaxDeliveryCount,
                found.DefaultMessageTimeToLive, found.DeadLetteringOnMessageExpiration, found.Status));
    }

    [Fact]
    public async Task CreateTopicAndSubscription_WithOptions_TellThemBack()
    {
        await judge.Administration.CreateTopicAsync(new CreateTopicOptions(_name) { RequiresDuplicateDetection = true }, Stop);
        await judge.Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(_name, "one") { RequiresSession = true, MaxDeliveryCount = 3 }, Stop);

        Assert.True((await judge.Administration.GetTopicAsync(_name, Stop)).Value.RequiresDuplicateDetection);
        var subscription = (await judge.Administration.GetSubscriptionAsync(_name, "one", Stop)).Value;
        Assert.Equal((true, 3), (subscription.RequiresSession, subscription.MaxDeliveryCount));
    }

    [Fact]
    public async Task CreateQueue_ThatExists_IsAConflict()
    {
        await judge.Administration.CreateQueueAsync(_name, Stop);

        Assert.Equal(ServiceBusFailureReason.MessagingEntityAlreadyExists, await ReasonAsync(() => judge.Administration.CreateQueueAsync(_name, Stop)));
    }

    [Fact]
    public async Task GetQueue_ThatIsMissing_IsNotFound()
    {
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => judge.Administration.GetQueueAsync(_name, Stop)));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => judge.Administration.DeleteQueueAsync(_name, Stop)));
    }

    [Fact]
    public async Task Exists_OfEachKind_TellsWhatIsThere()
    {
        var topic = judge.NewTopic(subscriptions: ["one"]);

        Assert.Equal(
            (true, false, true, false, true, false),
            ((await judge.Administration.QueueExistsAsync(judge.NewQueue(), Stop)).Value, (await judge.Administration.QueueExistsAsync(_name, Stop)).Value,
                (await judge.Administration.TopicExistsAsync(topic, Stop)).Value, (await judge.Administration.TopicExistsAsync(_name, Stop)).Value,
                (await judge.Administration.SubscriptionExistsAsync(topic, "one", Stop)).Value, (await judge.Administration.SubscriptionExistsAsync(topic, "two", Stop)).Value));
    }

    [Fact]
    public async Task UpdateQueue_WhatMayChange_Changes()
    {
        var properties = (await judge.Administration.CreateQueueAsync(_name, Stop)).Value;
        properties.MaxDeliveryCount = 4;
        properties.Status = Azure.Messaging.ServiceBus.Administration.EntityStatus.SendDisabled;

        await judge.Administration.UpdateQueueAsync(properties, Stop);
        var reason = await ReasonAsync(() => judge.SendAsync(_name, Message(1)));

        Assert.Equal(4, (await judge.Administration.GetQueueAsync(_name, Stop)).Value.MaxDeliveryCount);
        Assert.Equal(ServiceBusFailureReason.MessagingEntityDisabled, reason);
    }

    [Fact]
    public async Task RuntimeProperties_Queue_CountWhereMessagesAre()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(5));
        await using var sender = judge.Client.CreateSender(queue);
        await sender.ScheduleMessageAsync(Message(9), Now.AddHours(1), Stop);
        await using var receiver = judge.Client.CreateReceiver(queue);
        await receiver.DeadLetterMessageAsync((await ReceiveAsync(receiver, 1))[0], "r", "d", Stop);

        var counts = (await judge.Administration.GetQueueRuntimePropertiesAsync(queue, Stop)).Value;

        Assert.Equal((4, 1, 1), (counts.ActiveMessageCount, counts.DeadLetterMessageCount, counts.ScheduledMessageCount));
    }

    [Fact]
    public async Task RuntimeProperties_Subscription_CountItsOwn()
    {
        var topic = judge.NewTopic(subscriptions: ["one", "two"]);
        await judge.SendAsync(topic, Messages(2));

        Assert.Equal(2, (await judge.Administration.GetSubscriptionRuntimePropertiesAsync(topic, "one", Stop)).Value.ActiveMessageCount);
        Assert.Equal(2, (await judge.Administration.GetTopicRuntimePropertiesAsync(topic, Stop)).Value.SubscriptionCount);
    }

    [Fact]
    public async Task Lists_OfEachKind_HoldWhatIsThere()
    {
        var (queue, topic) = (judge.NewQueue(), judge.NewTopic(subscriptions: ["one", "two"]));

        Assert.Contains(queue, await NamesAsync(judge.Administration.GetQueuesAsync(Stop), found => found.Name));
        Assert.Contains(topic, await NamesAsync(judge.Administration.GetTopicsAsync(Stop), found => found.Name));
        Assert.Equal(["one", "two"], (await NamesAsync(judge.Administration.GetSubscriptionsAsync(topic, Stop), found => found.SubscriptionName)).Order());
    }

    [Fact]
    public async Task Delete_UnderAReceiver_EndsIt()
    {
        var queue = judge.NewQueue();
        await using var receiver = judge.Client.CreateReceiver(queue);
        Assert.Null(await receiver.ReceiveMessageAsync(Moment, Stop));

        await judge.Administration.DeleteQueueAsync(queue, Stop);

        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => receiver.ReceiveMessageAsync(Patience, Stop)));
    }

    [Fact]
    public async Task Administration_WrongKey_IsUnauthorized()
    {
        var wrong = judge.Administrate(judge.StandIn.ConnectionString.Replace(judge.StandIn.SharedAccessKey, "d3Jvbmc=", StringComparison.Ordinal));

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => wrong.CreateQueueAsync(_name, Stop));
    }

    [Fact]
    public async Task Client_OverWebSockets_SendsAndReceives()
    {
        var queue = judge.NewQueue();
        await using var client = Connect(judge.StandIn.WebSocketConnectionString, new ServiceBusClientOptions { TransportType = ServiceBusTransportType.AmqpWebSockets, RetryOptions = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(10) } });
        await using var sender = client.CreateSender(queue);
        await using var receiver = client.CreateReceiver(queue);

        await sender.SendMessagesAsync(Messages(50), Stop);

        Assert.Equal(50, (await ReceiveAsync(receiver, 50)).Count);
    }

    private static async Task<List<string>> NamesAsync<T>(Azure.AsyncPageable<T> found, Func<T, string> name)
        where T : notnull
    {
        var names = new List<string>();
        await foreach (var each in found) names.Add(name(each));
        return names;
    }
}
