using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Broker.BrokerFixture;

namespace DStream.StandIns.ServiceBus.Tests.Broker;

public sealed class SessionTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly BrokerFixture _fixture = new();
    private readonly MessageQueue _queue;

    public SessionTests() => _queue = _fixture.Broker.CreateQueue("q", new QueueOptions { RequiresSession = true });

    [Fact]
    public void Send_WithoutSessionId_RefusesTheWholeBatch()
    {
        var refused = Assert.Throws<BrokerException>(() => _queue.Send([Message("a", "s"), Message("b")]));

        Assert.Equal(BrokerError.NotAllowed, refused.Error);
        Assert.Equal(0, _queue.Counts.Total);
    }

    [Fact]
    public async Task Accept_Named_GivesOnlyItsMessagesInOrder()
    {
        _queue.Send([Message("a1", "A"), Message("b1", "B"), Message("a2", "A")]);

        var lease = await Accept("A");

        Assert.Equal(["a1", "a2"], Receive(_queue, lease: lease).Select(m => m.Message.MessageId));
    }

    [Fact]
    public async Task Accept_HeldSession_IsRefused()
    {
        _queue.Send([Message("a", "A")]);
        await Accept("A");

        var refused = await Assert.ThrowsAsync<BrokerException>(() => Accept("A"));

        Assert.Equal(BrokerError.SessionCannotBeLocked, refused.Error);
    }

    [Fact]
    public async Task Accept_Next_GivesEachSessionToOneHolder()
    {
        _queue.Send([Message("a", "A"), Message("b", "B"), Message("a2", "A")]);

        var first = await Accept(null);
        var second = await Accept(null);
        var third = Accept(null);

        Assert.Equal(("A", "B"), (first.SessionId, second.SessionId));
        Assert.False(third.IsCompleted);
        _queue.Release(first);
        Assert.Equal("A", (await third).SessionId);
    }

    [Fact]
    public async Task Accept_NextWithNothingThere_TimesOut()
    {
        var seeking = Accept(null);

        _fixture.Time.Advance(Minute);

        var refused = await Assert.ThrowsAsync<BrokerException>(() => seeking);
        Assert.Equal(BrokerError.Timeout, refused.Error);
        _queue.Send([Message("a", "A")]);
        Assert.Equal("A", (await Accept(null)).SessionId);
    }

    [Fact]
    public async Task LockExpiry_TellsTheHolderAndFreesTheMessages()
    {
        var holder = new FakeConsumer();
        _queue.Send([Message("a", "A")]);
        var lease = await Accept("A", holder);
        var token = Receive(_queue, lease: lease).Single().LockToken;

        _fixture.Time.Advance(Minute);

        Assert.Equal(BrokerError.SessionLockLost, holder.Lost?.Error);
        Assert.Equal(BrokerError.SessionLockLost, Assert.Throws<BrokerException>(() => _queue.Complete(token)).Error);
        var next = await Accept(null);
        Assert.Equal(2, Receive(_queue, lease: next).Single().DeliveryCount);
    }

    [Fact]
    public async Task Renew_KeepsTheSessionAndItsMessages()
    {
        var holder = new FakeConsumer();
        _queue.Send([Message("a", "A")]);
        var lease = await Accept("A", holder);
        var token = Receive(_queue, lease: lease).Single().LockToken;

        for (var i = 0; i < 3; i++)
        {
            _fixture.Time.Advance(Minute / 2);
            _queue.RenewSession("A", Is(holder));
        }

        _queue.Complete(token);
        Assert.Null(holder.Lost);
    }

    [Fact]
    public async Task Renew_BySomebodyElse_IsRefused()
    {
        await Accept("A");

        Assert.Throws<BrokerException>(() => _queue.RenewSession("A", Is(new FakeConsumer())));
    }

    [Fact]
    public async Task Release_GivesMessagesBackWithoutCountingTheDelivery()
    {
        _queue.Send([Message("a", "A")]);
        var lease = await Accept("A");
        Receive(_queue, lease: lease);

        _queue.Release(lease);
        var next = await Accept(null);

        Assert.Equal(1, Receive(_queue, lease: next).Single().DeliveryCount);
        Assert.Throws<BrokerException>(() => Receive(_queue, lease: lease));
    }

    [Fact]
    public async Task State_OutlivesItsMessagesAndHolders()
    {
        var holder = new FakeConsumer();
        var lease = await Accept("A", holder);
        _queue.SetSessionState("A", new byte[] { 7 }, Is(holder));
        _queue.Release(lease);

        await Accept("A", holder);

        Assert.Equal([7], _queue.GetSessionState("A", Is(holder))!.Value.ToArray());
        _queue.SetSessionState("A", null, Is(holder));
        Assert.Null(_queue.GetSessionState("A", Is(holder)));
    }

    [Fact]
    public async Task Send_ToAHeldSession_SignalsOnlyItsHolder()
    {
        var holderOfA = new FakeConsumer();
        var holderOfB = new FakeConsumer();
        Receive(_queue, lease: await Accept("A", holderOfA), waiter: holderOfA);
        Receive(_queue, lease: await Accept("B", holderOfB), waiter: holderOfB);

        _queue.Send([Message("a", "A")]);

        Assert.Equal((1, 0), (holderOfA.Signals, holderOfB.Signals));
    }

    [Fact]
    public async Task Counts_AfterEverySessionIsDone_AreZero()
    {
        _queue.Send([.. Enumerable.Range(0, 50).Select(i => Message($"{i}", $"S{i % 5}"))]);
        for (var i = 0; i < 5; i++)
        {
            var lease = await Accept(null);
            foreach (var received in Receive(_queue, lease: lease)) _queue.Complete(received.LockToken);
            _queue.Release(lease);
        }

        Assert.Equal(default, _queue.Counts);
    }

    [Fact]
    public async Task ExpireSessionLocks_Now_LosesEveryHeldSession()
    {
        var holder = new FakeConsumer();
        await Accept("A", holder);

        Assert.Equal(1, _queue.ExpireSessionLocks());
        Assert.Equal(BrokerError.SessionLockLost, holder.Lost?.Error);
    }

    public void Dispose() => _fixture.Dispose();

    private static Predicate<IMessageConsumer> Is(FakeConsumer consumer) => holder => ReferenceEquals(holder, consumer);

    private Task<SessionLease> Accept(string? sessionId, FakeConsumer? holder = null) =>
        _queue.AcceptSessionAsync(sessionId, holder ?? new FakeConsumer(), Minute, CancellationToken.None);
}
