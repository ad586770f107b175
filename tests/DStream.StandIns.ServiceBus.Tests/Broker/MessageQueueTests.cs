using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Broker.BrokerFixture;

namespace DStream.StandIns.ServiceBus.Tests.Broker;

public sealed class MessageQueueTests : IDisposable
{
    private readonly BrokerFixture _fixture = new();

    [Fact]
    public void Receive_PeekLock_HidesTheMessageUntilTheLockExpires()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a")]);

        var first = Receive(queue).Single();
        Assert.Empty(Receive(queue));
        _fixture.Time.Advance(TimeSpan.FromSeconds(61));
        var second = Receive(queue).Single();

        Assert.Equal(first.SequenceNumber, second.SequenceNumber);
        Assert.Equal(2, second.DeliveryCount);
        Assert.NotEqual(first.LockToken, second.LockToken);
    }

    [Fact]
    public void Complete_AfterTheLockExpired_ThrowsAndTheMessageComesAgain()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a")]);
        var token = Receive(queue).Single().LockToken;

        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var refused = Assert.Throws<BrokerException>(() => queue.Complete(token));

        Assert.Equal(BrokerError.MessageLockLost, refused.Error);
        Assert.Single(Receive(queue));
    }

    [Fact]
    public void RenewLocks_BeforeExpiry_KeepsTheMessageLocked()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a"), Message("b")]);
        var received = Receive(queue);

        _fixture.Time.Advance(TimeSpan.FromSeconds(50));
        var until = queue.RenewLocks([received[0].LockToken]).Single();
        _fixture.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(_fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(40), until);
        Assert.Equal("b", Receive(queue).Single().Message.MessageId);
        queue.Complete(received[0].LockToken);
    }

    [Fact]
    public void Abandon_OneOfMany_ReturnsToItsPlace()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a"), Message("b"), Message("c")]);
        var received = Receive(queue, 2);

        queue.Abandon(received[1].LockToken);
        queue.Abandon(received[0].LockToken, new Dictionary<string, object> { ["why"] = "again" });
        var again = Receive(queue);

        Assert.Equal(["a", "b", "c"], again.Select(m => m.Message.MessageId));
        Assert.Equal("again", again[0].ChangedProperties!["why"]);
    }

    [Fact]
    public void Abandon_AtTheMaxDeliveryCount_DeadLettersWithTheReason()
    {
        var queue = _fixture.Broker.CreateQueue("q", new QueueOptions { MaxDeliveryCount = 3 });
        queue.Send([Message("a")]);

        for (var i = 0; i < 3; i++) queue.Abandon(Receive(queue).Single().LockToken);

        Assert.Empty(Receive(queue));
        var dead = Receive(queue.DeadLetter!).Single();
        Assert.Equal("MaxDeliveryCountExceeded", dead.ChangedProperties!["DeadLetterReason"]);
        Assert.Equal("q", dead.DeadLetterSource);
        Assert.Equal(1, queue.Counts.DeadLettered);
    }

    [Fact]
    public void LockExpiry_AtTheMaxDeliveryCount_DeadLetters()
    {
        var queue = _fixture.Broker.CreateQueue("q", new QueueOptions { MaxDeliveryCount = 1 });
        queue.Send([Message("a")]);

        Receive(queue);
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(new QueueCounts(0, 0, 0, 0, 1, 0), queue.Counts);
    }

    [Fact]
    public void Release_ManyTimes_DoesNotCountDeliveries()
    {
        var queue = _fixture.Broker.CreateQueue("q", new QueueOptions { MaxDeliveryCount = 2 });
        queue.Send([Message("a")]);

        for (var i = 0; i < 5; i++) queue.Release(Receive(queue).Single().LockToken);

        Assert.Equal(1, Receive(queue).Single().DeliveryCount);
    }

    [Fact]
    public void Defer_ThenReceiveByNumber_GivesTheMessageAndAbandonKeepsItDeferred()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a")]);
        var number = Receive(queue).Single().SequenceNumber;
        queue.Defer(queue.Peek(0, 1).Single().LockToken);

        Assert.Empty(Receive(queue));
        var deferred = queue.ReceiveDeferred([number], peekLock: true, sessionId: null).Single();
        queue.Abandon(deferred.LockToken);
        var again = queue.ReceiveDeferred([number], peekLock: true, sessionId: null).Single();
        queue.Complete(again.LockToken);

        Assert.Equal(MessageState.Deferred, again.State);
        var gone = Assert.Throws<BrokerException>(() => queue.ReceiveDeferred([number], peekLock: true, sessionId: null));
        Assert.Equal(BrokerError.MessageNotFound, gone.Error);
    }

    [Fact]
    public void Receive_AndDelete_RemovesAtOnce()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a"), Message("b")]);

        var received = Receive(queue, 1, peekLock: false);

        Assert.Equal(Guid.Empty, received.Single().LockToken);
        Assert.Equal(1, queue.Counts.Total);
    }

    [Fact]
    public void Send_WhileSomebodyWaits_SignalsOnce()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        var consumer = new FakeConsumer();
        Receive(queue, waiter: consumer);

        queue.Send([Message("a"), Message("b")]);

        Assert.Equal(1, consumer.Signals);
    }

    [Fact]
    public void Send_DuplicateInsideTheWindow_IsAcceptedAndDropped()
    {
        var queue = _fixture.Broker.CreateQueue("q", new QueueOptions { RequiresDuplicateDetection = true });
        queue.Send([Message("a")]);
        queue.Complete(Receive(queue).Single().LockToken);

        _fixture.Time.Advance(TimeSpan.FromMinutes(9));
        var duplicates = queue.Send([Message("a"), Message("b"), Message("b"), Message(), Message()]);

        Assert.Equal(2, duplicates);
        Assert.Equal(["b", null, null], Receive(queue).Select(m => m.Message.MessageId));
    }

    [Fact]
    public void Send_SameIdAfterTheWindow_IsANewMessage()
    {
        var options = new QueueOptions { RequiresDuplicateDetection = true, DuplicateDetectionWindow = TimeSpan.FromSeconds(20) };
        var queue = _fixture.Broker.CreateQueue("q", options);
        queue.Send([Message("a")]);

        _fixture.Time.Advance(TimeSpan.FromSeconds(15));
        var inside = queue.Send([Message("a")]);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        var after = queue.Send([Message("a")]);

        Assert.Equal((1, 0), (inside, after));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Receive_AfterTheTimeToLive_DropsOrDeadLetters(bool deadLetter, int expected)
    {
        var queue = _fixture.Broker.CreateQueue("q", new QueueOptions { DeadLetteringOnMessageExpiration = deadLetter });
        queue.Send([Message("short", timeToLive: TimeSpan.FromSeconds(1)), Message("long")]);

        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("long", Receive(queue).Single().Message.MessageId);
        Assert.Equal(expected, queue.Counts.DeadLettered);
    }

    [Fact]
    public void Send_ForLater_BecomesVisibleAtItsTimeWithANewNumber()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        var consumer = new FakeConsumer();
        var number = queue.Schedule([Message("later", due: _fixture.Time.GetUtcNow() + TimeSpan.FromHours(1))]).Single();
        queue.Send([Message("now")]);
        Assert.Equal("now", Receive(queue, peekLock: false, waiter: consumer).Single().Message.MessageId);

        _fixture.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, consumer.Signals);
        Assert.True(Receive(queue).Single().SequenceNumber > number);
    }

    [Fact]
    public void CancelScheduled_BeforeItsTime_NeverAppears()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        var number = queue.Schedule([Message("later", due: _fixture.Time.GetUtcNow() + TimeSpan.FromHours(1))]).Single();

        queue.CancelScheduled([number]);
        _fixture.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(0, queue.Counts.Total);
        Assert.Throws<BrokerException>(() => queue.CancelScheduled([number]));
    }

    [Fact]
    public void Send_ToADisabledQueue_IsRefused()
    {
        _fixture.Broker.CreateQueue("q");
        var queue = _fixture.Broker.UpdateQueue("q", new QueueOptions { Status = EntityStatus.SendDisabled });

        var refused = Assert.Throws<BrokerException>(() => queue.Send([Message()]));

        Assert.Equal(BrokerError.EntityDisabled, refused.Error);
        Assert.Empty(Receive(queue));
    }

    [Fact]
    public void MoveToDeadLetter_OfADeadLetter_IsRefused()
    {
        var queue = _fixture.Broker.CreateQueue("q");
        queue.Send([Message("a")]);
        queue.MoveToDeadLetter(Receive(queue).Single().LockToken, "bad", "very bad");
        var dead = Receive(queue.DeadLetter!).Single();

        Assert.Equal("very bad", dead.ChangedProperties!["DeadLetterErrorDescription"]);
        Assert.Equal(BrokerError.NotAllowed, Assert.Throws<BrokerException>(() => queue.DeadLetter!.MoveToDeadLetter(dead.LockToken, null, null)).Error);
        Assert.Equal(BrokerError.NotAllowed, Assert.Throws<BrokerException>(() => queue.DeadLetter!.Send([Message()])).Error);
    }

    public void Dispose() => _fixture.Dispose();
}
