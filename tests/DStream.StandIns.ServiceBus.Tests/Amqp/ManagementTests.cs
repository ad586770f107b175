using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;
using static DStream.StandIns.ServiceBus.Tests.Amqp.TransferTests;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

public sealed class ManagementTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
    private ServiceBusStandIn _standIn = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = _time }, CancellationToken.None);
        _client = await WireClient.OpenAsync(_standIn);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task RenewSessionLock_ByAnotherConnectionOrLink_IsRefused()
    {
        // Regression: a request in the name of a link that nobody knows was taken without asking who holds the session.
        _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        var receiver = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter("A"));
        await using var other = await WireClient.OpenAsync(_standIn);
        var request = new Map { ["session-id"] = "A" };

        Assert.Equal(200, (await _client.ManageAsync("s", "renew-session-lock", request, receiver.Name)).Status);
        Assert.Equal(200, (await _client.ManageAsync("s", "renew-session-lock", request)).Status);
        Assert.Equal("com.microsoft:session-lock-lost", (await _client.ManageAsync("s", "renew-session-lock", request, "unknown")).Condition);
        Assert.Equal("com.microsoft:session-lock-lost", (await other.ManageAsync("s", "renew-session-lock", request)).Condition);
        Assert.Equal("com.microsoft:session-lock-lost", (await other.ManageAsync("s", "get-session-state", request, receiver.Name)).Condition);
    }

    [Fact]
    public async Task GetMessageSessions_WithMessagesOrChangedState_ListsThem()
    {
        var queue = _standIn.Broker.CreateQueue("s", new QueueOptions { RequiresSession = true });
        queue.Send([Bare("1", "B"), Bare("2", "A"), Bare("3", "C")]);
        var receiver = await _client.ReceiverAsync("s", filter: WireClient.SessionFilter("quiet"));
        var before = _time.GetUtcNow().UtcDateTime;
        _time.Advance(TimeSpan.FromSeconds(1));
        await _client.ManageAsync("s", "set-session-state", new Map { ["session-id"] = "quiet", ["session-state"] = new byte[] { 1 } }, receiver.Name);

        Assert.Equal(["A", "B", "C"], await SessionsAsync(DateTime.MaxValue, 0, 10));
        Assert.Equal(["B"], await SessionsAsync(DateTime.MaxValue, 1, 1));
        Assert.Equal(["quiet"], await SessionsAsync(before, 0, 10));
        Assert.Empty(await SessionsAsync(before.AddSeconds(2), 0, 10));
    }

    [Fact]
    public async Task BatchDeleteMessages_BeforeATime_DeletesTheOldestThatWait()
    {
        var queue = _standIn.Broker.CreateQueue("q");
        queue.Send([Bare("1"), Bare("2"), Bare("3")]);
        var locked = new List<ReceivedMessage>();
        queue.Receive(null, peekLock: true, 1, locked, null);
        _time.Advance(TimeSpan.FromSeconds(1));
        queue.Send([Bare("4")]);
        var request = new Map { ["message-count"] = 10, ["enqueued-time-utc"] = _time.GetUtcNow().UtcDateTime };

        var reply = await _client.ManageAsync("q", "batch-delete-messages", request);

        Assert.Equal((200, 2), (reply.Status, (int)reply.Body["message-count"]));
        Assert.Equal(["1", "4"], queue.Peek(0, 10).Select(static m => m.Message.MessageId));
        Assert.Equal(204, (await _client.ManageAsync("q", "batch-delete-messages", request)).Status);
        Assert.Equal(2 * locked[0].Message.Bytes, queue.SizeInBytes);
    }

    [Fact]
    public async Task Rules_AddEnumerateRemove_DecideWhatComes()
    {
        var topic = _standIn.Broker.CreateTopic("t");
        var subscription = _standIn.Broker.CreateSubscription("t", "s");
        const string Path = "t/Subscriptions/s";

        await _client.ManageAsync(Path, "remove-rule", new Map { ["rule-name"] = "$Default" });
        var added = await _client.ManageAsync(Path, "add-rule", new Map
        {
            ["rule-name"] = "mine",
            ["rule-description"] = new Map
            {
                ["sql-filter"] = new Map { ["expression"] = "sys.MessageId = 'wanted'" },
                ["sql-rule-action"] = new Map { ["expression"] = "SET seen = TRUE" },
            },
        });
        topic.Send([Bare("other"), Bare("wanted")]);

        Assert.Equal(200, added.Status);
        Assert.Equal(["wanted"], subscription.Peek(0, 10).Select(static m => m.Message.MessageId));
        var rules = (List)(await _client.ManageAsync(Path, "enumerate-rules", new Map { ["skip"] = 0, ["top"] = 10 })).Body["rules"];
        var rule = (DescribedValue)((Map)Assert.Single(rules))["rule-description"];
        Assert.Equal(0x13700000004UL, rule.Descriptor);
        Assert.Equal("mine", ((List)rule.Value)[2]);
    }

    [Theory]
    [InlineData("$Default", "1=1", 409)]
    [InlineData("bad", "color ==", 400)]
    [InlineData("with/slash", "1=1", 400)]
    public async Task AddRule_Unfit_IsRefusedWithAText(string name, string expression, int status)
    {
        _standIn.Broker.CreateTopic("t");
        _standIn.Broker.CreateSubscription("t", "s");
        var description = new Map { ["sql-filter"] = new Map { ["expression"] = expression } };

        var reply = await _client.ManageAsync("t/Subscriptions/s", "add-rule", new Map { ["rule-name"] = name, ["rule-description"] = description });

        Assert.Equal(status, reply.Status);
        Assert.Single(_standIn.Broker.FindRules("t", "s").All);
    }

    [Fact]
    public async Task ScheduleMessage_OnATopic_HandsOutAtItsTimeUnlessCancelled()
    {
        var topic = _standIn.Broker.CreateTopic("t");
        var subscription = _standIn.Broker.CreateSubscription("t", "s");
        var soon = await ScheduleAsync("soon");
        var never = await ScheduleAsync("never");

        Assert.Equal(2, topic.ScheduledCount);
        Assert.Equal(200, (await _client.ManageAsync("t", "cancel-scheduled-message", new Map { ["sequence-numbers"] = new[] { never } })).Status);
        Assert.Equal(404, (await _client.ManageAsync("t", "cancel-scheduled-message", new Map { ["sequence-numbers"] = new[] { never } })).Status);
        Assert.Equal(0, subscription.Counts.Total);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(never > soon);
        Assert.Equal(["soon"], subscription.Peek(0, 10).Select(static m => m.Message.MessageId));
        Assert.Equal((0, 1), (topic.ScheduledCount, subscription.Counts.Active));
    }

    private async Task<long> ScheduleAsync(string id)
    {
        var message = Text(id, id);
        message.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-scheduled-enqueue-time")] = _time.GetUtcNow().UtcDateTime.AddMinutes(1) };
        var entry = new Map { ["message-id"] = id, ["message"] = Encoded(message) };
        var reply = await _client.ManageAsync("t", "schedule-message", new Map { ["messages"] = new List { entry } });
        return ((long[])reply.Body["sequence-numbers"]).Single();
    }

    private async Task<string[]> SessionsAsync(DateTime since, int skip, int top)
    {
        var reply = await _client.ManageAsync("s", "get-message-sessions", new Map { ["last-updated-time"] = since, ["skip"] = skip, ["top"] = top });
        return reply.Status == 204 ? [] : (string[])reply.Body["sessions-ids"];
    }

    private static BrokerMessage Bare(string id, string? session = null) => StandIns.ServiceBus.Amqp.IncomingMessages.Read(Encoded(Text("x", id, session)));
}
