using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Tests.PlainBroker;

/// <summary>DStream's AMQP transport against a server that nobody here wrote: RabbitMQ with its plugin for AMQP 1.0.</summary>
public sealed class RabbitMqTests(RabbitMqFixture rabbit) : IAsyncLifetime
{
    private readonly RecordingLogs _log = new();
    private readonly string _queue = "q-" + Guid.NewGuid().ToString("N");
    private AmqpBroker _broker = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = Connect(await rabbit.ConnectionStringAsync(Stop));

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task SendAsync_Messages_ArriveUnchangedAndInOrder(int count)
    {
        await using var sender = await _broker.OpenSenderAsync(_queue, Stop);
        var sent = Samples.Messages(0, count, bodyBytes: 300);
        sent[0] = sent[0] with { TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };

        await sender.SendAsync(sent, Stop);
        await using var receiver = await _broker.OpenReceiverAsync(_queue, Stop);
        var received = await Bench.DrainAsync(receiver, count);
        await receiver.CompleteAsync(received, Stop);

        Assert.Equal(sent.Select(static message => message.MessageId.ToArray()), received.Select(static message => message.Message.MessageId.ToArray()));
        Assert.All(sent.Zip(received), static pair =>
        {
            var (expected, actual) = (pair.First, pair.Second.Message);
            Assert.Equal(expected.SessionId, actual.SessionId);
            Assert.Equal(expected.Headers, actual.Headers);
            Assert.Equal(expected.Lsn.ToArray(), actual.Lsn.ToArray());
            Assert.Equal(expected.TraceParent, actual.TraceParent);
            Assert.Equal(expected.Body.ToArray(), actual.Body.ToArray());
        });
    }

    [Fact]
    public async Task SendAsync_ReceivedMessages_GoOnAsTheyAre()
    {
        await SendAsync(_queue, Samples.Messages(0, 20));
        await using var source = await _broker.OpenReceiverAsync(_queue, Stop);
        var received = await Bench.DrainAsync(source, 20);

        await SendAsync(_queue + "-next", [.. received.Select(static message => message.Message)]);
        await using var target = await _broker.OpenReceiverAsync(_queue + "-next", Stop);

        Assert.Equal(received.Select(static message => message.MessageId), (await Bench.DrainAsync(target, 20)).Select(static message => message.MessageId));
    }

    [Fact]
    public async Task SendAsync_LargeMessages_ArriveWhole()
    {
        var sent = Samples.Messages(0, 5, bodyBytes: 1_000_000);

        await SendAsync(_queue, sent);
        await using var receiver = await _broker.OpenReceiverAsync(_queue, Stop);
        var received = await Bench.DrainAsync(receiver, 5);

        Assert.Equal(sent.Select(static message => message.Body.Length), received.Select(static message => message.Message.Body.Length));
    }

    [Fact]
    public async Task CompleteAsync_Some_OnlyTheRestComesAgain()
    {
        await SendAsync(_queue, Samples.Messages(0, 10));
        await using (var first = await _broker.OpenReceiverAsync(_queue, Stop))
            await first.CompleteAsync((await Bench.DrainAsync(first, 10))[..6], Stop);

        await using var second = await _broker.OpenReceiverAsync(_queue, Stop);
        var rest = await Bench.DrainAsync(second, 4);

        Assert.Equal(Enumerable.Range(6, 4).Select(static number => $"id-{number:D8}"), rest.Select(static message => message.MessageId));
    }

    [Fact]
    public async Task AbandonAsync_Message_ComesAgain()
    {
        await SendAsync(_queue, Samples.Message(1));
        await using var receiver = await _broker.OpenReceiverAsync(_queue, Stop);

        await receiver.AbandonAsync(await Bench.DrainAsync(receiver, 1), Stop);

        Assert.Equal("id-00000001", Assert.Single(await Bench.DrainAsync(receiver, 1)).MessageId);
    }

    [Fact]
    public async Task DeadLetterAsync_Message_LeavesTheQueue()
    {
        await SendAsync(_queue, Samples.Messages(1, 2));
        await using (var receiver = await _broker.OpenReceiverAsync(_queue, Stop))
        {
            var messages = await Bench.DrainAsync(receiver, 2);
            await receiver.DeadLetterAsync(messages[0], "Unreadable", "x", Stop);
        }

        await using var again = await _broker.OpenReceiverAsync(_queue, Stop);

        Assert.Equal("id-00000002", Assert.Single(await Bench.DrainAsync(again, 1)).MessageId);
    }

    [Fact]
    public async Task OpenSenderAsync_WrongPassword_FailsForGoodWithoutShowingIt()
    {
        var server = await rabbit.ServerAsync(Stop);
        await using var wrong = Connect($"amqp://dstream-test:wr%3Aong@127.0.0.1:{server.Port}");

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await wrong.OpenSenderAsync(_queue, Stop));

        Assert.False(failure.IsTransient, failure.Message);
        Assert.Contains("refused user or password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr:ong", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_UnknownVirtualHost_IsRefused()
    {
        await using var wrong = Connect(await rabbit.ConnectionStringAsync(Stop) + "/no%20such%2Fhost");

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await wrong.OpenSenderAsync(_queue, Stop));

        Assert.False(failure.IsTransient, failure.Message);
        Assert.Contains("insufficient permissions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_MissingQueueByItsBareAddress_IsRefusedWithoutServiceBusRemedies()
    {
        await using var other = Connect(await rabbit.ConnectionStringAsync(Stop), "/amq/queue/{destination}");

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await other.OpenReceiverAsync("nowhere", Stop));

        Assert.DoesNotContain("servicebus", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_First_WarnsOfWhatTheBrokerLacks()
    {
        for (var times = 0; times < 2; times++) await SendAsync(_queue, Samples.Message(times));

        Assert.Equal(1, _log.Count(4009));
    }

    [Fact]
    public async Task Everything_BrokerKilledMeanwhile_GoesOnWithoutLossAndInOrder()
    {
        const int batches = 60;
        var server = await rabbit.ServerAsync(Stop);
        await using var broker = Connect(server.ConnectionString);
        await using var idle = await broker.OpenReceiverAsync(_queue + "-idle", Stop);
        var waiting = idle.ReceiveAsync(1, TimeSpan.FromMinutes(5), Stop).AsTask();
        await using var sender = await broker.OpenSenderAsync(_queue, Stop);
        var sent = 0;
        var sending = Bench.RetryAsync(async () =>
        {
            for (; sent < batches; sent++) await sender.SendAsync(Samples.Messages(10 * sent, 10), Stop);
            return sent;
        });

        await Bench.UntilAsync(() => sent > 10);
        await server.KillAsync(Stop);
        Assert.True((await Assert.ThrowsAsync<ProviderException>(() => waiting)).IsTransient);
        await server.StartAgainAsync(Stop);
        await sending;

        await using var receiver = await Bench.RetryAsync(async () => await broker.OpenReceiverAsync(_queue, Stop));
        Assert.Equal(Enumerable.Range(0, 10 * batches).Select(static number => $"id-{number:D8}"), await DistinctAsync(receiver, 10 * batches));
        Assert.Equal(1, _log.Count(4001));
    }

    private AmqpBroker Connect(string connectionString, string address = "/queue/{destination}") => new(
        new AmqpBrokerOptions { ConnectionString = AmqpConnectionString.Parse(connectionString), Address = address },
        TimeProvider.System, new Logger<AmqpBroker>(_log));

    private async Task SendAsync(string entity, params OutboundMessage[] messages)
    {
        await using var sender = await _broker.OpenSenderAsync(entity, Stop);
        await sender.SendAsync(messages, Stop);
    }

    // What was sent again stands twice.
    private static async Task<List<string>> DistinctAsync(IMessageReceiver receiver, int count)
    {
        var ids = new List<string>();
        var seen = new HashSet<string>();
        while (ids.Count < count)
        {
            var some = await receiver.ReceiveAsync(100, TimeSpan.FromSeconds(20), Stop);
            Assert.NotEmpty(some);
            await receiver.CompleteAsync(some, Stop);
            ids.AddRange(some.Select(static message => message.MessageId).Where(seen.Add));
        }

        return ids;
    }
}
