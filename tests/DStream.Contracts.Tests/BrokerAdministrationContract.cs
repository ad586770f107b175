using DStream.Core;
using static DStream.Contracts.Tests.TestMessages;

namespace DStream.Contracts.Tests;

/// <summary>What every <see cref="IBrokerAdministration"/> must do.</summary>
public abstract class BrokerAdministrationContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _name = "entity-" + Guid.NewGuid().ToString("N");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IMessagingFixture Broker { get; set; } = null!;

    public async ValueTask InitializeAsync() => Broker = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null) await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task EnsureQueueAsync_Missing_MakesOneWithSessions()
    {
        await Broker.Administration.EnsureQueueAsync(_name, Stop);

        await SendAsync(_name, Sequence("s1", 1));
        await using var receiver = await Broker.Receivers.AcceptSessionAsync(_name, Patience, Stop);
        Assert.Equal("s1", receiver?.SessionId);
    }

    [Fact]
    public async Task EnsureQueueAsync_Existing_KeepsItAndItsMessages()
    {
        await Broker.Administration.EnsureQueueAsync(_name, Stop);
        await SendAsync(_name, Sequence("s1", 1));

        await Broker.Administration.EnsureQueueAsync(_name, Stop);

        await using var receiver = await Broker.Receivers.AcceptSessionAsync(_name, Patience, Stop);
        Assert.Single(await receiver!.ReceiveAsync(1, Patience, Stop));
    }

    [Fact]
    public async Task EnsureQueueAsync_ManyAtOnce_AllSucceed() =>
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Broker.Administration.EnsureQueueAsync(_name, Stop).AsTask()));

    [Fact]
    public async Task EnsureTopicAsync_Missing_MakesItWithItsSubscription()
    {
        await Broker.Administration.EnsureTopicAsync(_name, "sub1", Stop);

        await SendAsync(_name, Sequence("s1", 2));
        Assert.Equal([Body(0), Body(1)], (await Broker.TakeFromSubscriptionAsync(_name, "sub1", 2, Stop)).Select(static message => message.Body));
    }

    [Fact]
    public async Task EnsureTopicAsync_Existing_KeepsItAndItsMessages()
    {
        await Broker.Administration.EnsureTopicAsync(_name, "sub1", Stop);
        await SendAsync(_name, Sequence("s1", 1));

        await Broker.Administration.EnsureTopicAsync(_name, "sub1", Stop);

        Assert.Single(await Broker.TakeFromSubscriptionAsync(_name, "sub1", 1, Stop));
    }

    [Fact]
    public async Task EnsureTopicAsync_SecondSubscription_GetsWhatIsSentFromThenOn()
    {
        await Broker.Administration.EnsureTopicAsync(_name, "sub1", Stop);
        await SendAsync(_name, Sequence("s1", 1));

        await Broker.Administration.EnsureTopicAsync(_name, "sub2", Stop);
        await SendAsync(_name, Sequence("s1", 1, first: 1));

        Assert.Equal([Body(0), Body(1)], (await Broker.TakeFromSubscriptionAsync(_name, "sub1", 2, Stop)).Select(static message => message.Body));
        Assert.Equal([Body(1)], (await Broker.TakeFromSubscriptionAsync(_name, "sub2", 1, Stop)).Select(static message => message.Body));
    }

    [Fact]
    public async Task EnsureTopicAsync_SameMessageIdSentTwice_IsDeliveredOnceWhereDuplicatesAreDetected()
    {
        await Broker.Administration.EnsureTopicAsync(_name, "sub1", Stop);
        var messages = Sequence("s1", 2);

        await SendAsync(_name, [messages[0]]);
        await SendAsync(_name, [messages[0]]);
        await SendAsync(_name, [messages[1]]);

        string[] expected = Broker.DetectsDuplicates ? [Body(0), Body(1)] : [Body(0), Body(0), Body(1)];
        Assert.Equal(expected, (await Broker.TakeFromSubscriptionAsync(_name, "sub1", expected.Length, Stop)).Select(static message => message.Body));
    }

    [Fact]
    public async Task EnsureTopicAsync_NameOfATable_Works()
    {
        var topic = DestinationName.For("tcp:db1.corp\\SALES,1433", "My Database", new TableName("dbo", "Order Details")).Value;

        await Broker.Administration.EnsureTopicAsync(topic, "sub1", Stop);

        await SendAsync(topic, Sequence("s1", 1));
        Assert.Single(await Broker.TakeFromSubscriptionAsync(topic, "sub1", 1, Stop));
    }

    [Fact]
    public async Task AnyMember_CancelledToken_Throws()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Broker.Administration.EnsureQueueAsync(_name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Broker.Administration.EnsureTopicAsync(_name, "sub1", cancelled));
    }

    protected abstract ValueTask<IMessagingFixture> StartAsync();

    private async Task SendAsync(string entity, OutboundMessage[] messages)
    {
        await using var sender = await Broker.Senders.OpenSenderAsync(entity, Stop);
        await sender.SendAsync(messages, Stop);
    }
}
