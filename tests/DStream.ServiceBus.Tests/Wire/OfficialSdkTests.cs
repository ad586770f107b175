using System.Text;
using Azure.Messaging.ServiceBus;
using DStream.Core;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.ServiceBus.Tests.Sending;

namespace DStream.ServiceBus.Tests.Wire;

/// <summary>DStream's messages in the hands of the official .NET SDK, and the SDK's in DStream's.</summary>
public sealed class OfficialSdkTests
{
    private const string TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Sdk_DStreamsMessages_HaveEveryPropertyRight(int count)
    {
        await using var bench = await Bench.StartAsync();
        await using var client = new ServiceBusClient(bench.Broker.ConnectionString);
        var sent = Samples.Messages(0, count).Select(message => message with { TraceParent = TraceParent }).ToArray();

        await bench.SendAsync(Bench.Queue, sent);
        await using var receiver = await client.AcceptNextSessionAsync(Bench.Queue, cancellationToken: Bench.Token);
        var received = await ReceiveAsync(receiver, count);

        Assert.All(sent.Zip(received), pair => AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public async Task Sdk_ForwardedMessages_AreAsTheyWereSent()
    {
        await using var bench = await Bench.StartAsync();
        await using var client = new ServiceBusClient(bench.Broker.ConnectionString);
        var sent = Samples.Messages(0, 20);
        await bench.SendAsync(Bench.Queue, sent);
        await using var source = await bench.AcceptAsync();

        await bench.SendAsync(Bench.Topic, [.. (await Bench.DrainAsync(source, 20)).Select(message => message.Message)]);
        await using var receiver = client.CreateReceiver(Bench.Topic, Bench.Subscription);
        var received = await ReceiveAsync(receiver, 20);

        Assert.All(sent.Zip(received), pair => AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public async Task Sdk_DStreamsDeadLetter_TellsReasonAndDescription()
    {
        await using var bench = await Bench.StartAsync();
        await using var client = new ServiceBusClient(bench.Broker.ConnectionString);
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();
        await receiver.DeadLetterAsync((await Bench.DrainAsync(receiver, 1))[0], "UnknownDestination", "No topic of that name.", Bench.Token);

        await using var dead = client.CreateReceiver(Bench.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = Assert.Single(await ReceiveAsync(dead, 1));

        Assert.Equal(("UnknownDestination", "No topic of that name.", "id-00000001"), (letter.DeadLetterReason, letter.DeadLetterErrorDescription, letter.MessageId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task DStream_MessagesOfTheSdk_AreReadAndSettled(int count)
    {
        await using var bench = await Bench.StartAsync();
        await using var client = new ServiceBusClient(bench.Broker.ConnectionString);
        await using var sender = client.CreateSender(Bench.Queue);
        var sent = Samples.Messages(0, count);

        await sender.SendMessagesAsync(sent.Select(OfSdk), Bench.Token);
        await using var receiver = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(receiver, count);
        await receiver.CompleteAsync(received, Bench.Token);

        Assert.All(sent.Zip(received), pair =>
        {
            var (expected, actual) = (pair.First, pair.Second.Message);
            Assert.Equal(expected.MessageId.ToArray(), actual.MessageId.ToArray());
            Assert.Equal((expected.SessionId, expected.Headers), (actual.SessionId, actual.Headers));
            Assert.Equal(expected.Lsn.ToArray(), actual.Lsn.ToArray());
            Assert.Equal(expected.Body.ToArray(), actual.Body.ToArray());
        });
        Assert.Equal(0, bench.Find(Bench.Queue).Counts.Total);
    }

    [Fact]
    [Scenario("refuses a session that another holds")]
    public async Task Sdk_SessionThatDStreamHolds_IsLockedForBoth()
    {
        await using var bench = await Bench.StartAsync();
        await using var client = new ServiceBusClient(bench.Broker.ConnectionString, new ServiceBusClientOptions
        {
            RetryOptions = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(1) },
        });
        await bench.SendAsync(Bench.Queue, Samples.Message(1, "held"));
        await using var receiver = await bench.AcceptAsync();

        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => client.AcceptSessionAsync(Bench.Queue, "held", cancellationToken: Bench.Token));

        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, failure.Reason);
    }

    private static void AssertSame(OutboundMessage sent, ServiceBusReceivedMessage received)
    {
        Assert.Equal(
            (Text(sent.MessageId), sent.SessionId, sent.Headers!.Subject, "application/json", Text(sent.Body)),
            (received.MessageId, received.SessionId, received.Subject, received.ContentType, received.Body.ToString()));
        Assert.Equal(
            (sent.Headers.Destination, sent.Headers.OperationType, sent.Headers.TableName, Text(sent.Lsn)),
            (received.ApplicationProperties["Destination"], received.ApplicationProperties["OperationType"], received.ApplicationProperties["TableName"],
                received.ApplicationProperties["LSN"]));
        Assert.Equal(sent.TraceParent, received.ApplicationProperties.TryGetValue("traceparent", out var trace) ? trace : null);
        Assert.Equal(sent.TraceParent is null ? 4 : 5, received.ApplicationProperties.Count);
    }

    private static ServiceBusMessage OfSdk(OutboundMessage message) => new(message.Body)
    {
        MessageId = Text(message.MessageId),
        SessionId = message.SessionId,
        Subject = message.Headers!.Subject,
        ContentType = "application/json",
        ApplicationProperties =
        {
            ["Destination"] = message.Headers.Destination, ["OperationType"] = message.Headers.OperationType,
            ["TableName"] = message.Headers.TableName, ["LSN"] = Text(message.Lsn),
        },
    };

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        var all = new List<ServiceBusReceivedMessage>();
        while (all.Count < count)
        {
            var some = await receiver.ReceiveMessagesAsync(count - all.Count, TimeSpan.FromSeconds(20), Bench.Token);
            Assert.NotEmpty(some);
            all.AddRange(some);
        }

        return all;
    }
}
