using Amqp;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;
using static DStream.StandIns.ServiceBus.Tests.Amqp.TransferTests;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

public sealed class FaultTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ServiceBusStandIn _standIn = null!;
    private WireClient _client = null!;
    private MessageQueue _queue = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = _time }, CancellationToken.None);
        _queue = _standIn.Broker.CreateQueue("q");
        _client = await WireClient.OpenAsync(_standIn);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task ServerBusy_SkipOneTimesTwo_StrikesTheSecondAndThird()
    {
        var fault = _standIn.Faults.ServerBusy("q", times: 2, skip: 1);
        var sender = await _client.SenderAsync("q");
        var conditions = new List<string>();

        for (var i = 0; i < 4; i++)
        {
            try
            {
                await sender.SendAsync(Text($"{i}", $"{i}"));
                conditions.Add("ok");
            }
            catch (AmqpException refused)
            {
                conditions.Add(refused.Error.Condition.ToString());
            }
        }

        Assert.Equal(["ok", "com.microsoft:server-busy", "com.microsoft:server-busy", "ok"], conditions);
        Assert.Equal(2, fault.Struck);
        Assert.Equal(["0", "3"], _queue.Peek(0, 10).Select(m => m.Message.MessageId));
    }

    [Fact]
    public async Task LoseAcknowledgement_Send_KeepsTheMessageAndSaysNothing()
    {
        _standIn.Faults.LoseAcknowledgement();
        var sender = await _client.SenderAsync("q");

        var lost = sender.SendAsync(Text("lost"));
        await sender.SendAsync(Text("answered"));

        Assert.False(lost.IsCompleted);
        Assert.Equal(2, _queue.Counts.Active);
    }

    [Fact]
    public async Task DelaySend_KeepsTheOrderAndWaitsForTheClock()
    {
        _standIn.Faults.DelaySend(TimeSpan.FromSeconds(5));
        var sender = await _client.SenderAsync("q");
        var late = sender.SendAsync(Text("late", "late"));
        var behind = sender.SendAsync(Text("behind", "behind"));

        // A round trip on the same connection: both sends have arrived before its answer.
        await _client.ManageAsync("q", "peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });
        Assert.Equal(0, _queue.Counts.Total);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(late, behind).WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["late", "behind"], _queue.Peek(0, 10).Select(m => m.Message.MessageId));
    }

    [Fact]
    public async Task DetachOnSend_EndsTheLinkAndKeepsNothing()
    {
        _standIn.Faults.DetachOnSend("q");
        var sender = await _client.SenderAsync("q");

        _ = sender.SendAsync(Text("x"));
        var error = await WireClient.ClosedAsync(sender);
        await (await _client.SenderAsync("q")).SendAsync(Text("y"));

        Assert.Equal("amqp:link:detach-forced", error?.Condition.ToString());
        Assert.Equal(1, _queue.Counts.Total);
    }

    [Fact]
    public async Task DropOnSend_BreaksTheConnection()
    {
        _standIn.Faults.DropOnSend();
        var sender = await _client.SenderAsync("q");

        _ = sender.SendAsync(Text("x"));
        await WireClient.ClosedAsync(_client.Connection);

        Assert.Equal(0, _queue.Counts.Total);
        await Until(() => _standIn.ConnectionCount == 0);
    }

    [Fact]
    public async Task DropOnSettle_LeavesTheMessageLocked()
    {
        await (await _client.SenderAsync("q")).SendAsync(Text("x"));
        var receiver = await _client.ReceiverAsync("q");
        var received = await receiver.ReceiveAsync(WireClient.Patience);
        _standIn.Faults.DropOnSettle("q");

        receiver.Accept(received);
        await WireClient.ClosedAsync(_client.Connection);

        Assert.Equal(1, _queue.Counts.Locked);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 0), (_queue.Counts.Active, _queue.Counts.Locked));
    }

    [Fact]
    public async Task RefuseToken_Once_ThenLetsIn()
    {
        _standIn.Faults.RefuseToken();

        Assert.Equal(401, (await _client.PutTokenAsync(_client.Token())).Status);
        Assert.Equal(202, (await _client.PutTokenAsync(_client.Token())).Status);
    }

    [Fact]
    public async Task EntityNotFound_Once_ThenAttaches()
    {
        _standIn.Faults.EntityNotFound("q");

        var refused = await Assert.ThrowsAsync<AmqpException>(() => _client.SenderAsync("q"));
        await _client.SenderAsync("q");

        Assert.Equal("amqp:not-found", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task ExpireSessionLocks_EndsTheSessionsLink()
    {
        _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        var receiver = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter("A"));

        Assert.Equal(1, _standIn.Faults.ExpireSessionLocks("s"));
        var error = await WireClient.ClosedAsync(receiver);

        Assert.Equal("com.microsoft:session-lock-lost", error?.Condition.ToString());
    }

    [Fact]
    public async Task DetachLinks_OfOneEntity_LeavesOthers()
    {
        _standIn.Broker.CreateQueue("other");
        var hit = await _client.SenderAsync("q");
        var spared = await _client.SenderAsync("other");

        Assert.Equal(1, _standIn.Faults.DetachLinks("q", "com.microsoft:server-busy"));

        Assert.Equal("com.microsoft:server-busy", (await WireClient.ClosedAsync(hit))?.Condition.ToString());
        await spared.SendAsync(Text("x"));
    }

    [Fact]
    public async Task DetachLinks_OfAReceiverThatWaitsForASession_RefusesItsAttach()
    {
        // Regression: the library cannot close a link whose attach it has not answered.
        var queue = _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        var waiting = _client.ReceiverAsync("s", filter: WireClient.SessionFilter(null));
        await Until(() => _standIn.LinkCount == 1);

        Assert.Equal(1, _standIn.Faults.DetachLinks("s", "com.microsoft:server-busy"));

        var refused = await Assert.ThrowsAsync<AmqpException>(() => waiting);
        Assert.Equal("com.microsoft:server-busy", refused.Error.Condition.ToString());
        await (await _client.SenderAsync("s")).SendAsync(Text("x", "x", "A"));
        Assert.NotNull(await (await _client.ReceiverAsync("s", filter: WireClient.SessionFilter(null))).ReceiveAsync(WireClient.Patience));
        Assert.Equal(1, queue.Counts.Locked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SuspendAndResume_KeepsMessagesAndPorts(bool abruptly)
    {
        await (await _client.SenderAsync("q")).SendAsync(Text("kept", "kept"));

        _standIn.Suspend(abruptly);
        var error = await WireClient.ClosedAsync(_client.Connection);
        await Assert.ThrowsAnyAsync<Exception>(() => WireClient.ConnectAsync(_standIn));
        _standIn.Resume();
        await using var again = await WireClient.OpenAsync(_standIn);
        var received = await (await again.ReceiverAsync("q")).ReceiveAsync(WireClient.Patience);

        Assert.Equal("kept", received.Properties.MessageId);
        if (!abruptly) Assert.Equal("amqp:connection:forced", error?.Condition.ToString());
    }

    [Fact]
    public async Task Link_ClosedWithASession_FreesItsMessagesAtOnce()
    {
        var queue = _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        await (await _client.SenderAsync("s")).SendAsync(Text("x", "x", "A"));
        var receiver = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter(null));
        Assert.NotNull(await receiver.ReceiveAsync(WireClient.Patience));

        await receiver.CloseAsync();

        var next = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter(null));
        Assert.Equal("x", (await next.ReceiveAsync(WireClient.Patience)).Properties.MessageId);
        Assert.Equal(1, queue.Counts.Locked);
    }
}
