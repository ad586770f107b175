using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Tests.Broker;
using static DStream.StandIns.ServiceBus.Tests.Amqp.TransferTests;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

/// <summary>
/// What happens to messages between the moment a connection breaks and the moment its last link knows. Nobody received them, so that
/// their delivery counts stay, as in the service: https://learn.microsoft.com/azure/service-bus-messaging/message-sessions,
/// "Impact of delivery count".
/// </summary>
public sealed class BrokenConnectionTests : IAsyncLifetime
{
    private ServiceBusStandIn _standIn = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(null, CancellationToken.None);
        _client = await WireClient.OpenAsync(_standIn);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Deliver_ConnectionBrokeButLinkDoesNotKnow_FreesTheSessionAndCountsNothing()
    {
        // Regression: the library reported what it could not write as rejected, and the stand-in dead-lettered it.
        var first = _standIn.Broker.CreateQueue("first");
        var queue = _standIn.Broker.CreateQueue("sessions", new QueueOptions { RequiresSession = true, MaxDeliveryCount = 1 });
        await _client.ReceiverAsync("first");
        var receiver = await _client.ReceiverAsync("sessions", filter: WireClient.SessionFilter("S"));
        receiver.SetCredit(200, CreditMode.Manual);
        queue.Send([Message("received", "S")]);
        await Until(() => queue.Counts.Locked == 1);

        // A connection's links end one after the other. The first one's is held up, inside of its queue.
        using var held = new BlockingConsumer();
        first.Receive(null, peekLock: true, 1, [], held);
        var sending = new Thread(() => first.Send([Message("x")]));
        sending.Start();
        held.AwaitSignal();
        _standIn.Faults.DropConnections();
        await Until(() => _standIn.LinkCount == 1);
        queue.Send([.. Enumerable.Range(0, 100).Select(i => Message($"{i}", "S"))]);
        await Until(() => queue.Counts.DeadLettered > 0 || IsFree(queue));
        held.Dispose();
        sending.Join();

        Assert.Equal((101, 0), (queue.Counts.Active, queue.Counts.DeadLettered));
        Assert.All(queue.Peek(0, 200), static message => Assert.Equal(0, message.DeliveryCount));
    }

    [Fact]
    public async Task Link_ConnectionBreaksTimeAndTimeAgain_NothingIsCountedOrDeadLettered()
    {
        var queue = _standIn.Broker.CreateQueue("sessions", new QueueOptions { RequiresSession = true, MaxDeliveryCount = 1 });
        queue.Send([.. Enumerable.Range(0, 500).Select(i => Message($"{i}", $"S{i % 5}"))]);

        for (var round = 0; round < 10; round++)
        {
            await using var client = await WireClient.OpenAsync(_standIn);
            for (var link = 0; link < 5; link++)
                (await client.ReceiverAsync("sessions", filter: WireClient.SessionFilter(null))).SetCredit(100, CreditMode.Manual);
            await Until(() => queue.Counts.Locked > 0);
            _standIn.Faults.DropConnections();
            await Until(() => _standIn.ConnectionCount == 0);
        }

        await Until(() => queue.Counts.Locked == 0);
        Assert.Equal((500, 0), (queue.Counts.Active, queue.Counts.DeadLettered));
        Assert.All(queue.Peek(0, 500), static message => Assert.Equal(0, message.DeliveryCount));
    }

    [Fact]
    public async Task Detach_WhileASessionIsBeingAnswered_LeavesTheConnection()
    {
        // Regression: a detach that came between the answer to its attach and the library's own note of it broke the whole connection.
        var queue = _standIn.Broker.CreateQueue("sessions", new QueueOptions { RequiresSession = true });
        var session = new Session(_client.Connection);

        for (var round = 0; round < 300; round++)
        {
            var link = new ReceiverLink(session, $"round-{round}", new Attach
            {
                Source = new Source { Address = "sessions", FilterSet = WireClient.SessionFilter(null) }, Target = new Target(),
            }, null);
            await _client.ManageAsync("sessions", "peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });
            queue.Send([Message($"{round}", $"S{round}")]);
            var closed = WireClient.ClosedAsync(link);
            link.Close(TimeSpan.Zero);
            await closed;
            Assert.False(_client.Connection.IsClosed, $"{_client.Connection.Error} in round {round}");
            Assert.NotNull(await queue.AcceptSessionAsync(null, new FakeConsumer(), WireClient.Patience, TestContext.Current.CancellationToken));
        }
    }

    /// <summary>A message whose body is one data section.</summary>
    private static BrokerMessage Message(string id, string? session = null) =>
        new() { Bare = new byte[] { 0x00, 0x53, 0x75, 0xa0, 1, (byte)'x' }, MessageId = id, SessionId = session };

    private static bool IsFree(MessageQueue queue)
    {
        var accepting = queue.AcceptSessionAsync("S", new FakeConsumer(), TimeSpan.FromSeconds(1), CancellationToken.None);
        return accepting.IsCompletedSuccessfully;
    }

    /// <summary>Holds up whoever tells it of a message, who holds the queue's lock.</summary>
    private sealed class BlockingConsumer : IMessageConsumer, IDisposable
    {
        private readonly ManualResetEventSlim _signalled = new();
        private readonly ManualResetEventSlim _released = new();

        public void AwaitSignal() => Assert.True(_signalled.Wait(WireClient.Patience, TestContext.Current.CancellationToken));

        public void Signal()
        {
            _signalled.Set();
            _released.Wait();
        }

        public void SessionLost(BrokerException reason)
        {
        }

        public void Dispose() => _released.Set();
    }
}
