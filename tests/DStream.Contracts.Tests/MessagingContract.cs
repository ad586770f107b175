using System.Text;
using DStream.Core;
using static DStream.Contracts.Tests.TestMessages;

namespace DStream.Contracts.Tests;

/// <summary>What every broker must do: <see cref="IMessageSender"/>, <see cref="IMessageReceiver"/> and their factories.</summary>
public abstract class MessagingContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private readonly string _queue = "queue-" + Guid.NewGuid().ToString("N");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IMessagingFixture Broker { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Broker = await StartAsync();
        await Broker.Administration.EnsureQueueAsync(_queue, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null) await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SendAsync_Batch_IsReceivedInOrderUnchanged()
    {
        var sent = Sequence("s1", 20);
        sent[3] = Make("id-" + Guid.NewGuid(), "s1", """{"data":{"Name":"Ärger \u0022 😀"}}""") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await SendAsync(_queue, sent);

        await using var receiver = await AcceptAsync();
        var received = await ReceiveAsync(receiver, sent.Length);
        Assert.Equal("s1", receiver.SessionId);
        Assert.Equal(sent.Select(static message => Encoding.UTF8.GetString(message.Body.Span)), received.Select(BodyOf));
        Assert.Equal(sent.Select(static message => Encoding.UTF8.GetString(message.MessageId.Span)), received.Select(static message => message.MessageId));
        Assert.All(received, static message => Assert.Equal("server.database.persons.events", message.Destination));
        Assert.All(received, static message => Assert.Equal(0, message.DeliveryCount));
        Assert.Equal(received.OrderBy(static message => message.SequenceNumber), received);
        Assert.Equal(sent[3].TraceParent, received[3].Message.TraceParent);
        Assert.Equal("s1", received[3].Message.SessionId);
        Assert.Equal("0000003600000b200003", Encoding.ASCII.GetString(received[3].Message.Lsn.Span));
    }

    [Fact]
    public async Task SendAsync_MemoryReusedAfterwards_KeepsTheMessage()
    {
        var body = Encoding.UTF8.GetBytes(Body(1));
        await SendAsync(_queue, [Make(Guid.NewGuid().ToString("N"), "s1", "") with { Body = body }]);
        body.AsSpan().Fill((byte)'x');

        await using var receiver = await AcceptAsync();

        Assert.Equal(Body(1), BodyOf((await ReceiveAsync(receiver, 1))[0]));
    }

    [Fact]
    public async Task SendAsync_SameMessageIdAgain_IsDroppedWhereDuplicatesAreDetected()
    {
        var sent = Sequence("s1", 3);
        await SendAsync(_queue, sent);
        await SendAsync(_queue, [sent[1]]);
        await SendAsync(_queue, Sequence("s1", 1, first: 3));

        await using var receiver = await AcceptAsync();

        string[] expected = Broker.DetectsDuplicates ? [Body(0), Body(1), Body(2), Body(3)] : [Body(0), Body(1), Body(2), Body(1), Body(3)];
        var received = await ReceiveAsync(receiver, expected.Length);
        Assert.Equal(expected, received.Select(BodyOf));
        Assert.Equal(4, received.Select(static message => message.MessageId).Distinct().Count());
        Assert.Empty(await receiver.ReceiveAsync(10, Moment, Stop));
    }

    [Fact]
    public async Task SendAsync_MessageTooLarge_ThrowsNotTransientAndStoresNothing()
    {
        await using var sender = await Broker.Senders.OpenSenderAsync(_queue, Stop);
        var large = Make("large", "s1", new string('x', (int)sender.Limits.MaxMessageBytes + 1));

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await sender.SendAsync(new[] { large }, Stop));

        Assert.False(failure.IsTransient);
        Assert.Null(await Broker.Receivers.AcceptSessionAsync(_queue, Moment, Stop));
    }

    [Fact]
    public async Task SendAsync_LargestThatLimitsAllow_IsReceived()
    {
        await using var sender = await Broker.Senders.OpenSenderAsync(_queue, Stop);
        var message = Make(Guid.NewGuid().ToString("N"), "s1", "");
        var room = sender.Limits.MaxMessageBytes - sender.Limits.FramingBytes - message.ContentBytes;
        var body = new string('x', (int)Math.Min(room, 4 * 1024 * 1024));

        await sender.SendAsync(new[] { message with { Body = Encoding.UTF8.GetBytes(body) } }, Stop);

        await using var receiver = await AcceptAsync();
        Assert.Equal(body.Length, (await ReceiveAsync(receiver, 1))[0].Message.Body.Length);
    }

    [Fact]
    public async Task SendAsync_BatchAsLargeAsLimitsAllow_IsReceivedWhole()
    {
        await using var sender = await Broker.Senders.OpenSenderAsync(_queue, Stop);
        var messages = Sequence("s1", 40);
        var each = (int)Math.Min(sender.Limits.MaxBatchBytes, 4 * 1024 * 1024) / messages.Length - sender.Limits.FramingBytes - messages[0].ContentBytes;
        for (var i = 0; i < messages.Length; i++) messages[i] = messages[i] with { Body = Encoding.UTF8.GetBytes(new string('x', each)) };

        await sender.SendAsync(messages, Stop);

        await using var receiver = await AcceptAsync();
        Assert.Equal(messages.Length, (await ReceiveAsync(receiver, messages.Length)).Count);
    }

    [Fact]
    public async Task OpenSenderAsync_EntityMissing_ThrowsNotTransientAndNamesIt()
    {
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await Broker.Senders.OpenSenderAsync("missing-entity", Stop));

        Assert.False(failure.IsTransient);
        Assert.Contains("missing-entity", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptSessionAsync_QueueMissing_ThrowsNotTransientAndNamesIt()
    {
        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await Broker.Receivers.AcceptSessionAsync("missing-queue", Moment, Stop));

        Assert.False(failure.IsTransient);
        Assert.Contains("missing-queue", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptSessionAsync_NothingThere_ReturnsNull() =>
        Assert.Null(await Broker.Receivers.AcceptSessionAsync(_queue, Moment, Stop));

    [Fact]
    public async Task AcceptSessionAsync_MessageComesLater_ReturnsItsSession()
    {
        var accepting = Broker.Receivers.AcceptSessionAsync(_queue, Patience, Stop);
        await SendAsync(_queue, Sequence("late", 1));

        await using var receiver = await accepting;

        Assert.Equal("late", receiver?.SessionId);
    }

    [Fact]
    public async Task AcceptSessionAsync_SessionTaken_IsExclusive()
    {
        await SendAsync(_queue, Sequence("s1", 2));
        await using var first = await AcceptAsync();

        Assert.Null(await Broker.Receivers.AcceptSessionAsync(_queue, Moment, Stop));
    }

    [Fact]
    public async Task AcceptSessionAsync_TwoSessions_AreWorkedOnAtOnce()
    {
        await SendAsync(_queue, Sequence("s1", 2));
        await SendAsync(_queue, Sequence("s2", 2, first: 2));

        await using var first = await AcceptAsync();
        await using var second = await AcceptAsync();

        Assert.Equal(["s1", "s2"], new[] { first.SessionId, second.SessionId }.Order());
        var (ofFirst, ofSecond) = (await ReceiveAsync(first, 2), await ReceiveAsync(second, 2));
        Assert.All(ofFirst, message => Assert.Equal(first.SessionId, message.Message.SessionId));
        Assert.All(ofSecond, message => Assert.Equal(second.SessionId, message.Message.SessionId));
    }

    [Fact]
    public async Task ReceiveAsync_NothingMore_ReturnsEmpty()
    {
        await SendAsync(_queue, Sequence("s1", 1));
        await using var receiver = await AcceptAsync();
        await ReceiveAsync(receiver, 1);

        Assert.Empty(await receiver.ReceiveAsync(10, Moment, Stop));
    }

    [Fact]
    public async Task ReceiveAsync_MessageComesWhileWaiting_ReturnsIt()
    {
        await SendAsync(_queue, Sequence("s1", 1));
        await using var receiver = await AcceptAsync();
        await receiver.CompleteAsync(await ReceiveAsync(receiver, 1), Stop);
        var receiving = receiver.ReceiveAsync(10, Patience, Stop);

        await SendAsync(_queue, Sequence("s1", 1, first: 1));

        Assert.Equal([Body(1)], (await receiving).Select(BodyOf));
    }

    [Fact]
    public async Task ReceiveAsync_Maximum_IsNotExceeded()
    {
        await SendAsync(_queue, Sequence("s1", 5));
        await using var receiver = await AcceptAsync();

        Assert.InRange((await receiver.ReceiveAsync(2, Patience, Stop)).Count, 1, 2);
    }

    [Fact]
    public async Task CompleteAsync_SomeThenClose_OnlyTheRestComesAgain()
    {
        await SendAsync(_queue, Sequence("s1", 4));
        await using (var receiver = await AcceptAsync())
        {
            var received = await ReceiveAsync(receiver, 4);
            await receiver.CompleteAsync([.. received.Take(2)], Stop);
        }

        await using var next = await AcceptAsync();
        var rest = await ReceiveAsync(next, 2);

        Assert.Equal([Body(2), Body(3)], rest.Select(BodyOf));
        await next.CompleteAsync(rest, Stop);
        Assert.Empty(await next.ReceiveAsync(10, Moment, Stop));
    }

    [Fact]
    public async Task AbandonAsync_Message_ComesAgainInItsPlaceAndIsCounted()
    {
        await SendAsync(_queue, Sequence("s1", 3));
        await using var receiver = await AcceptAsync();
        var received = await ReceiveAsync(receiver, 3);

        await receiver.AbandonAsync(received, Stop);

        var again = await ReceiveAsync(receiver, 3);
        Assert.Equal([Body(0), Body(1), Body(2)], again.Select(BodyOf));
        Assert.All(again, static message => Assert.Equal(1, message.DeliveryCount));
    }

    [Fact]
    public async Task DeadLetterAsync_Message_LiesInTheDeadLetterQueueWithItsReason()
    {
        await SendAsync(_queue, Sequence("s1", 2));
        await using var receiver = await AcceptAsync();
        var received = await ReceiveAsync(receiver, 2);

        await receiver.DeadLetterAsync(received[0], "UnknownDestination", "No topic of that name: \"x\".", Stop);
        await receiver.CompleteAsync([received[1]], Stop);

        var dead = Assert.Single(await Broker.TakeDeadLettersAsync(_queue, 1, Stop));
        Assert.Equal(Body(0), dead.Body);
        Assert.Equal("UnknownDestination", dead.DeadLetterReason);
        Assert.Equal("No topic of that name: \"x\".", dead.DeadLetterDescription);
        Assert.Equal(received[0].MessageId, dead.MessageId);
    }

    [Fact]
    public async Task SendAsync_ReceivedMessageToTopic_PassesItOnUnchanged()
    {
        var topic = "topic-" + Guid.NewGuid().ToString("N");
        await Broker.Administration.EnsureTopicAsync(topic, "sub1", Stop);
        var sent = Make(Guid.NewGuid().ToString("N"), "s1", """{"data":{"Name":"Ärger"}}""", topic) with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        await SendAsync(_queue, [sent, .. Sequence("s1", 2)]);
        await using var receiver = await AcceptAsync();
        var received = await ReceiveAsync(receiver, 3);

        await SendAsync(topic, [.. received.Select(static message => message.Message)]);

        var taken = await Broker.TakeFromSubscriptionAsync(topic, "sub1", 3, Stop);
        Assert.Equal(received.Select(BodyOf), taken.Select(static message => message.Body));
        Assert.Equal(received.Select(static message => message.MessageId), taken.Select(static message => message.MessageId));
        Assert.Equal(
            new TakenMessage(received[0].MessageId, "s1", """{"data":{"Name":"Ärger"}}""", "Persons", topic, "Insert", "Persons", "0000003600000b200003", sent.TraceParent, null, null),
            taken[0]);
    }

    [Fact]
    public async Task SendAsync_OverlappingSessions_KeepEachOnesOrder()
    {
        string[] sessions = ["a", "b", "c", "d"];

        await Task.WhenAll(sessions.Select(async session =>
        {
            await using var sender = await Broker.Senders.OpenSenderAsync(_queue, Stop);
            for (var n = 0; n < 50; n += 5) await sender.SendAsync(Sequence(session, 5, n), Stop);
        }));

        foreach (var _ in sessions)
        {
            await using var receiver = await AcceptAsync();
            var received = await ReceiveAsync(receiver, 50);
            await receiver.CompleteAsync(received, Stop);
            Assert.Equal(Enumerable.Range(0, 50).Select(Body), received.Select(BodyOf));
        }
    }

    [Fact]
    public async Task AnyWait_Cancelled_Throws()
    {
        await SendAsync(_queue, Sequence("s1", 1));
        await using var receiver = await AcceptAsync();
        await receiver.CompleteAsync(await ReceiveAsync(receiver, 1), Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var receiving = receiver.ReceiveAsync(1, Patience, cancel.Token).AsTask();
        var accepting = Broker.Receivers.AcceptSessionAsync(_queue, Patience, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
    }

    protected abstract ValueTask<IMessagingFixture> StartAsync();

    private async Task SendAsync(string entity, OutboundMessage[] messages)
    {
        await using var sender = await Broker.Senders.OpenSenderAsync(entity, Stop);
        await sender.SendAsync(messages, Stop);
    }

    private async Task<IMessageReceiver> AcceptAsync()
    {
        var receiver = await Broker.Receivers.AcceptSessionAsync(_queue, Patience, Stop);
        Assert.NotNull(receiver);
        return receiver;
    }

    private static async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(IMessageReceiver receiver, int count)
    {
        var received = new List<ReceivedMessage>();
        while (received.Count < count)
        {
            var more = await receiver.ReceiveAsync(count - received.Count, Patience, Stop);
            Assert.NotEmpty(more);
            received.AddRange(more);
        }

        return received;
    }
}
