using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

public sealed class TransferTests : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private ServiceBusStandIn _standIn = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(null, Never);
        _standIn.Broker.CreateQueue("q");
        _client = await WireClient.OpenAsync(_standIn);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Send_ThenReceive_DeliversTheBareMessageByteForByte()
    {
        var sender = await _client.SenderAsync("q");
        var sent = Text("hello");
        sent.Properties = new Properties { MessageId = "m1", GroupId = "g", Subject = "Persons", ContentType = "application/json" };
        sent.ApplicationProperties = new ApplicationProperties { ["Destination"] = "a.b.c", ["LSN"] = 7L };
        sent.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-partition-key")] = "g" };
        await sender.SendAsync(sent);

        var receiver = await _client.ReceiverAsync("q");
        var received = await receiver.ReceiveAsync(WireClient.Patience);

        Assert.Equal("hello", Encoding.UTF8.GetString((byte[])received.Body));
        Assert.Equal(("m1", "g", "Persons"), (received.Properties.MessageId, received.Properties.GroupId, received.Properties.Subject));
        Assert.Equal(7L, received.ApplicationProperties["LSN"]);
        Assert.Equal("g", received.MessageAnnotations[new Symbol("x-opt-partition-key")]);
        Assert.Equal(1L, received.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        Assert.Equal(16, received.DeliveryTag.Length);
        var bare = new Message { Properties = sent.Properties, ApplicationProperties = sent.ApplicationProperties, BodySection = sent.BodySection }.Encode();
        Assert.Equal(bare.Buffer[bare.Offset..(bare.Offset + bare.Length)], _standIn.Broker.FindQueue("q")!.Peek(0, 1).Single().Message.Bare.ToArray());
    }

    [Fact]
    public async Task Send_ForgedBrokerAnnotations_AreDropped()
    {
        var sender = await _client.SenderAsync("q");
        var sent = Text("x");
        sent.MessageAnnotations = new MessageAnnotations
        {
            [new Symbol("x-opt-sequence-number")] = 99L, [new Symbol("mine")] = "kept", [new Symbol("x-opt-locked-until")] = DateTime.UnixEpoch,
        };
        await sender.SendAsync(sent);

        var received = await (await _client.ReceiverAsync("q")).ReceiveAsync(WireClient.Patience);

        Assert.Equal(1L, received.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        Assert.Equal("kept", received.MessageAnnotations[new Symbol("mine")]);
    }

    [Fact]
    public async Task Send_Batch_IsStoredAsItsMessages()
    {
        var sender = await _client.SenderAsync("q");

        await sender.SendAsync(Batch(Enumerable.Range(0, 500).Select(i => Text($"m{i}", $"{i}"))));

        Assert.Equal(500, _standIn.Broker.FindQueue("q")!.Counts.Active);
        Assert.Equal("499", _standIn.Broker.FindQueue("q")!.Peek(500, 1).Single().Message.MessageId);
    }

    [Fact]
    public async Task Send_BatchWithOneMessageTooLarge_IsRejectedWhole()
    {
        var sender = await _client.SenderAsync("q");
        var large = new Message { BodySection = new Data { Binary = new byte[300_000] } };

        var refused = await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(Batch([Text("a"), large])));

        Assert.Equal("amqp:link:message-size-exceeded", refused.Error.Condition.ToString());
        Assert.Equal(0, _standIn.Broker.FindQueue("q")!.Counts.Total);
    }

    [Fact]
    public async Task Send_TooLarge_IsRejectedAndTheLinkGoesOn()
    {
        Attach? attach = null;
        var sender = await _client.SenderAsync("q", answer => attach = answer);

        var refused = await Assert.ThrowsAsync<AmqpException>(
            () => sender.SendAsync(new Message { BodySection = new Data { Binary = new byte[256 * 1024 + 1] } }));
        await sender.SendAsync(Text("small"));

        Assert.Equal("amqp:link:message-size-exceeded", refused.Error.Condition.ToString());
        Assert.Equal(256UL * 1024, attach!.MaxMessageSize);
        Assert.Equal(1024UL * 1024, attach.Properties[new Symbol("com.microsoft:max-message-batch-size")]);
        Assert.Equal(1, _standIn.Broker.FindQueue("q")!.Counts.Active);
    }

    [Fact]
    public async Task Send_UnreadablePayload_IsRejected()
    {
        var sender = await _client.SenderAsync("q");
        var broken = new Message { Format = 0x80013700, BodySection = new Data { Binary = [0x00, 0x53, 0x73, 0xd0, 1, 2] } };

        var refused = await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(broken));

        Assert.Equal("amqp:decode-error", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task Receive_Credit_IsObeyed()
    {
        _standIn.Broker.FindQueue("q")!.Send([.. Enumerable.Range(0, 10).Select(_ => new BrokerMessage { Bare = Encoded(Text("x")) })]);
        var receiver = await _client.ReceiverAsync("q");
        receiver.SetCredit(3, autoRestore: false);

        for (var i = 0; i < 3; i++) Assert.NotNull(await receiver.ReceiveAsync(WireClient.Patience));

        // A round trip behind the third delivery: whatever came without credit would have come before its answer.
        await _client.ManageAsync("q", "peek-message", new Map { ["from-sequence-number"] = 1L, ["message-count"] = 1 });
        Assert.Equal(3, _standIn.Broker.FindQueue("q")!.Counts.Locked);
    }

    [Fact]
    public async Task Receive_AndDelete_LeavesNothingLocked()
    {
        await (await _client.SenderAsync("q")).SendAsync(Text("x"));

        Assert.NotNull(await (await _client.ReceiverAsync("q", settled: true)).ReceiveAsync(WireClient.Patience));

        Assert.Equal(default, _standIn.Broker.FindQueue("q")!.Counts);
    }

    [Theory]
    [InlineData("complete", 0, 0, 0)]
    [InlineData("abandon", 1, 0, 0)]
    [InlineData("defer", 0, 1, 0)]
    [InlineData("deadletter", 0, 0, 1)]
    public async Task Settle_EachOutcome_MovesTheMessage(string how, int active, int deferred, int dead)
    {
        await (await _client.SenderAsync("q")).SendAsync(Text("x"));
        var receiver = await _client.ReceiverAsync("q");
        receiver.SetCredit(1, autoRestore: false);
        var received = await receiver.ReceiveAsync(WireClient.Patience);

        switch (how)
        {
            case "complete":
                receiver.Accept(received);
                break;
            case "abandon":
                receiver.Modify(received, deliveryFailed: true);
                break;
            case "defer":
                receiver.Modify(received, deliveryFailed: false, undeliverableHere: true);
                break;
            default:
                receiver.Reject(received, new Error(new Symbol("com.microsoft:dead-letter"))
                {
                    Info = new Fields { [new Symbol("DeadLetterReason")] = "bad", [new Symbol("DeadLetterErrorDescription")] = "worse" },
                });
                break;
        }

        var queue = _standIn.Broker.FindQueue("q")!;
        await Until(() => queue.Counts is var now && (now.Active - now.Locked, now.Deferred, now.DeadLettered, now.Locked) == (active, deferred, dead, 0));
        if (how != "deadletter") return;

        var fromDead = await (await _client.ReceiverAsync("q/$DeadLetterQueue")).ReceiveAsync(WireClient.Patience);
        Assert.Equal("bad", fromDead.ApplicationProperties["DeadLetterReason"]);
        Assert.Equal("x", Encoding.UTF8.GetString((byte[])fromDead.Body));
    }

    [Fact]
    public async Task Session_NextAndNamed_DeliverInOrderAndTellTheLock()
    {
        _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        var sender = await _client.SenderAsync("s");
        await sender.SendAsync(Batch(Enumerable.Range(0, 20).Select(i => Text($"m{i}", $"{i}", i % 2 == 0 ? "even" : "odd"))));
        Attach? next = null;

        var even = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter(null), onAttached: answer => next = answer);
        var odd = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter("odd"));

        Assert.Equal("even", ((Source)next!.Source).FilterSet[new Symbol("com.microsoft:session-filter")]);
        var until = new DateTimeOffset((long)next.Properties[new Symbol("com.microsoft:locked-until-utc")], TimeSpan.Zero);
        Assert.InRange(until - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
        for (var i = 0; i < 20; i++)
        {
            var receiver = i % 2 == 0 ? even : odd;
            var received = await receiver.ReceiveAsync(WireClient.Patience);
            Assert.Equal($"{i}", received.Properties.MessageId);
            receiver.Accept(received);
        }

        await Until(() => _standIn.Broker.FindQueue("s")!.Counts.Total == 0);
    }

    [Fact]
    public async Task Session_NoneFree_RefusesWithTimeoutAfterTheClientsTime()
    {
        _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });

        var refused = await Assert.ThrowsAsync<AmqpException>(() => _client.ReceiverAsync(
            "s", filter: WireClient.SessionFilter(null), properties: new Fields { [new Symbol("com.microsoft:timeout")] = 100u }));

        Assert.Equal("com.microsoft:timeout", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task Session_CreditGivenBeforeTheAnswer_CountsOnce()
    {
        // Regression: credit that came while the attach was answered was lost or counted twice.
        var queue = _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        var session = new Session(_client.Connection);
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var attach = new Attach { Source = new Source { Address = "s", FilterSet = WireClient.SessionFilter(null) }, Target = new Target(), RcvSettleMode = ReceiverSettleMode.Second };
        var receiver = new ReceiverLink(session, "early", attach, (_, _) => attached.TrySetResult());
        receiver.SetCredit(3, CreditMode.Manual);
        await _client.ManageAsync("s", "peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });

        var sender = await _client.SenderAsync("s");
        await sender.SendAsync(Batch(Enumerable.Range(0, 20).Select(static i => Text($"{i}", $"{i}", "A"))));
        await attached.Task.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++) Assert.NotNull(await receiver.ReceiveAsync(WireClient.Patience));
        Assert.Equal(3, queue.Counts.Locked);
        receiver.SetCredit(2, CreditMode.Manual);
        for (var i = 0; i < 2; i++) Assert.NotNull(await receiver.ReceiveAsync(WireClient.Patience));
        await _client.ManageAsync("s", "peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });

        Assert.Equal(5, queue.Counts.Locked);
    }

    internal static Message Text(string body, string? id = null, string? session = null) => new()
    {
        Properties = id is null && session is null ? null : new Properties { MessageId = id, GroupId = session },
        BodySection = new Data { Binary = Encoding.UTF8.GetBytes(body) },
    };

    internal static Message Batch(IEnumerable<Message> messages)
    {
        var list = new DataList();
        foreach (var message in messages) list.Add(new Data { Binary = Encoded(message) });
        return new Message { Format = 0x80013700, BodySection = list };
    }

    internal static byte[] Encoded(Message message)
    {
        var buffer = message.Encode();
        return buffer.Buffer[buffer.Offset..(buffer.Offset + buffer.Length)];
    }

    internal static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(WireClient.Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
