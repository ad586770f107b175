using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Broker.BrokerFixture;

namespace DStream.StandIns.ServiceBus.Tests.Broker;

public sealed class MessageBrokerTests : IDisposable
{
    private readonly BrokerFixture _fixture = new();

    private MessageBroker Broker => _fixture.Broker;

    [Fact]
    public void CreateQueue_TakenName_IsRefusedWhateverTheCase()
    {
        Broker.CreateTopic("Orders");

        Assert.Equal(BrokerError.EntityExists, Assert.Throws<BrokerException>(() => Broker.CreateQueue("orders")).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a?b")]
    public void CreateQueue_UnfitName_IsRefused(string name) =>
        Assert.Equal(BrokerError.BadRequest, Assert.Throws<BrokerException>(() => Broker.CreateQueue(name)).Error);

    [Fact]
    public void UpdateQueue_RequiresSession_CannotChange()
    {
        Broker.CreateQueue("q");

        Assert.Throws<BrokerException>(() => Broker.UpdateQueue("q", new QueueOptions { RequiresSession = true }));
    }

    [Fact]
    public void FindSource_AnySpelling_FindsSubscriptionsAndDeadLetterQueues()
    {
        Broker.CreateTopic("t");
        var subscription = Broker.CreateSubscription("t", "s");

        Assert.Same(subscription, Broker.FindSource("T/subscriptions/S"));
        Assert.Same(subscription.DeadLetter, Broker.FindSource("t/Subscriptions/s/$deadletterqueue"));
        Assert.Null(Broker.FindSource("t"));
        Assert.Null(Broker.FindSource("t/Subscriptions/other"));
    }

    [Fact]
    public void Send_ToATopic_ReachesEverySubscriptionOnceAndDropsDuplicates()
    {
        var topic = Broker.CreateTopic("t", new TopicOptions { RequiresDuplicateDetection = true });
        var one = Broker.CreateSubscription("t", "one");
        var two = Broker.CreateSubscription("t", "two");

        topic.Send([Message("a"), Message("a"), Message("b")]);

        Assert.Equal(["a", "b"], Receive(one).Select(m => m.Message.MessageId));
        Assert.Equal(["a", "b"], Receive(two).Select(m => m.Message.MessageId));
    }

    [Fact]
    public void Send_ToATopicWhoseSubscriptionNeedsSessions_DeadLettersWithoutOne()
    {
        var topic = Broker.CreateTopic("t");
        var subscription = Broker.CreateSubscription("t", "s", new QueueOptions { RequiresSession = true });

        topic.Send([Message("a")]);

        Assert.Equal(1, subscription.Counts.DeadLettered);
    }

    [Fact]
    public void Delete_Queue_CancelsItsTokenAndFreesTheName()
    {
        var queue = Broker.CreateQueue("q");

        Broker.Delete("Q");

        Assert.True(queue.Deleted.IsCancellationRequested);
        Assert.Throws<BrokerException>(() => queue.Send([Message()]));
        Broker.CreateTopic("q");
    }

    public void Dispose() => _fixture.Dispose();
}
