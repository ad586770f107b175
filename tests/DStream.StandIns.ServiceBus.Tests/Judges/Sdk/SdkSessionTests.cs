using Azure.Messaging.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Judges.Sdk.SdkJudge;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

public sealed class SdkSessionTests(SdkJudge judge) : IClassFixture<SdkJudge>
{
    private static readonly QueueOptions WithSessions = new() { RequiresSession = true };

    [Fact]
    public async Task AcceptSession_Named_GivesItsMessagesInOrder()
    {
        var queue = await FilledAsync("a", "b");

        await using var receiver = await judge.Client.AcceptSessionAsync(queue, "b", cancellationToken: Stop);
        var received = await ReceiveAsync(receiver, 3);

        Assert.Equal("b", receiver.SessionId);
        Assert.Equal(["id-0", "id-1", "id-2"], received.Select(message => message.MessageId));
        Assert.All(received, message => Assert.Equal("b", message.SessionId));
        Assert.True(receiver.SessionLockedUntil > Now);
    }

    [Fact]
    public async Task AcceptNextSession_Several_GivesEachToOneReceiver()
    {
        var queue = await FilledAsync("a", "b", "c");

        var receivers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => judge.Client.AcceptNextSessionAsync(queue, cancellationToken: Stop)));

        Assert.Equal(["a", "b", "c"], receivers.Select(receiver => receiver.SessionId).Order());
        foreach (var receiver in receivers) await receiver.DisposeAsync();
    }

    [Fact]
    public async Task AcceptSession_HeldByAnother_IsRefused()
    {
        var queue = await FilledAsync("a");
        await using var first = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        await using var impatient = Connect(judge.StandIn.ConnectionString, new ServiceBusClientOptions { RetryOptions = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(1) } });

        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, await ReasonAsync(() => impatient.AcceptSessionAsync(queue, "a", cancellationToken: Stop)));
    }

    [Fact]
    public async Task AcceptNextSession_NoneInTime_IsATimeout()
    {
        var queue = judge.NewQueue(WithSessions);
        await using var impatient = Connect(judge.StandIn.ConnectionString, new ServiceBusClientOptions { RetryOptions = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(1) } });

        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, await ReasonAsync(() => impatient.AcceptNextSessionAsync(queue, cancellationToken: Stop)));
    }

    [Fact]
    public async Task AcceptNextSession_SessionComesLater_IsWaitedFor()
    {
        var queue = judge.NewQueue(WithSessions);
        var accepting = judge.Client.AcceptNextSessionAsync(queue, cancellationToken: Stop);

        await judge.SendAsync(queue, Message(1, "late"));
        await using var receiver = await accepting;

        Assert.Equal("late", receiver.SessionId);
    }

    [Fact]
    public async Task Close_WithUnsettledMessages_FreesTheSession()
    {
        var queue = await FilledAsync("a");
        await using (var first = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop)) await ReceiveAsync(first, 3);

        await using var second = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);

        Assert.Equal(["id-0", "id-1", "id-2"], (await ReceiveAsync(second, 3)).Select(message => message.MessageId));
    }

    [Fact]
    public async Task SetSessionState_AnyReceiver_ReadsItUntilItIsCleared()
    {
        var queue = await FilledAsync("a");
        await using (var first = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop))
        {
            Assert.Null(await first.GetSessionStateAsync(Stop));
            await first.SetSessionStateAsync(BinaryData.FromString("state"), Stop);
        }

        await using var second = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        Assert.Equal("state", (await second.GetSessionStateAsync(Stop)).ToString());
        await second.SetSessionStateAsync(null, Stop);

        // The SDK sends no bytes for null.
        Assert.Empty((await second.GetSessionStateAsync(Stop))?.ToArray() ?? []);
    }

    [Fact]
    public async Task RenewSessionLock_Held_HoldsLonger()
    {
        var queue = await FilledAsync("a");
        await using var receiver = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        var before = receiver.SessionLockedUntil;

        await receiver.RenewSessionLockAsync(Stop);

        Assert.True(receiver.SessionLockedUntil >= before);
    }

    [Fact]
    public async Task CompleteMessage_SessionLockLost_SaysSo()
    {
        var queue = await FilledAsync("a");
        await using var receiver = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        var message = (await ReceiveAsync(receiver, 1))[0];

        judge.StandIn.Faults.ExpireSessionLocks(queue);

        Assert.Equal(ServiceBusFailureReason.SessionLockLost, await ReasonAsync(() => receiver.CompleteMessageAsync(message, Stop)));
        await using var again = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        Assert.Equal(3, (await ReceiveAsync(again, 3)).Count);
    }

    [Fact]
    public async Task SendMessage_WithoutASession_IsRefused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => judge.SendAsync(judge.NewQueue(WithSessions), Message(1)));

    [Fact]
    public async Task CreateReceiver_OfTheWrongKind_IsRefused()
    {
        await using var receiver = judge.Client.CreateReceiver(judge.NewQueue(WithSessions));

        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.ReceiveMessageAsync(Patience, Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => judge.Client.AcceptNextSessionAsync(judge.NewQueue(), cancellationToken: Stop));
    }

    [Fact]
    public async Task Settle_EveryWay_InASession()
    {
        var queue = judge.NewQueue(WithSessions);
        await judge.SendAsync(queue, Messages(4, "a"));
        await using var receiver = await judge.Client.AcceptSessionAsync(queue, "a", cancellationToken: Stop);
        var messages = await ReceiveAsync(receiver, 4);

        await receiver.CompleteMessageAsync(messages[0], Stop);
        await receiver.DeadLetterMessageAsync(messages[1], "r", "d", Stop);
        await receiver.DeferMessageAsync(messages[2], cancellationToken: Stop);
        await receiver.AbandonMessageAsync(messages[3], cancellationToken: Stop);

        Assert.Equal("id-2", (await receiver.ReceiveDeferredMessageAsync(messages[2].SequenceNumber, Stop)).MessageId);
        Assert.Equal("id-3", Assert.Single(await ReceiveAsync(receiver, 1)).MessageId);
        Assert.Equal(1, judge.Find(queue).DeadLetter!.Counts.Active);
    }

    [Fact]
    public async Task PeekMessages_InASession_SeesItsOwnAlone()
    {
        var queue = await FilledAsync("a", "b");
        await using var receiver = await judge.Client.AcceptSessionAsync(queue, "b", cancellationToken: Stop);

        Assert.All(await receiver.PeekMessagesAsync(10, cancellationToken: Stop), message => Assert.Equal("b", message.SessionId));
    }

    private async Task<string> FilledAsync(params string[] sessions)
    {
        var queue = judge.NewQueue(WithSessions);
        foreach (var session in sessions) await judge.SendAsync(queue, Messages(3, session));
        return queue;
    }
}
