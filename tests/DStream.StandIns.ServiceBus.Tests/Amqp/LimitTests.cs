using Amqp;
using Amqp.Framing;
using Amqp.Transactions;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;
using static DStream.StandIns.ServiceBus.Tests.Amqp.TransferTests;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

/// <summary>What a namespace refuses: too much, too fast, too many, and what it does not do.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ServiceBusStandIn _standIn = null!;

    public async ValueTask InitializeAsync() => _standIn = await ServiceBusStandIn.StartAsync(
        new ServiceBusStandInOptions
        {
            TimeProvider = _time, Limits = ServiceBusLimits.Service with { Connections = 2 }, CloseIdle = true,
            AccessRules = [new AccessRule("listener", "bGlzdGVu", AccessRights.Listen), new AccessRule("sender", "c2VuZA==", AccessRights.Send)],
        },
        CancellationToken.None);

    public async ValueTask DisposeAsync() => await _standIn.DisposeAsync();

    [Fact]
    public async Task Connect_OneMoreThanAllowed_IsRefusedWithTheQuotasError()
    {
        await using var first = await WireClient.OpenAsync(_standIn);
        await using var second = await WireClient.OpenAsync(_standIn);

        var third = await WireClient.DialAsync(_standIn);
        var error = await WireClient.ClosedAsync(new SenderLink(new Session(third), "tokens", "$cbs"));

        Assert.Equal("amqp:resource-limit-exceeded", error?.Condition.ToString());
        Assert.StartsWith("ConnectionsQuotaExceeded", error?.Description, StringComparison.Ordinal);
        await second.DisposeAsync();
        await third.CloseAsync();
        await Until(() => _standIn.ConnectionCount == 1);
        await using var fourth = await WireClient.OpenAsync(_standIn);
    }

    [Fact]
    public async Task Send_ToAFullQueue_IsRefusedUntilThereIsRoom()
    {
        var queue = _standIn.Broker.CreateQueue("q", new QueueOptions { MaxSizeInMegabytes = 1 });
        await using var client = await WireClient.OpenAsync(_standIn);
        var sender = await client.SenderAsync("q");
        var body = new string('x', 200 * 1024);
        for (var i = 0; i < 5; i++) await sender.SendAsync(Text(body, $"{i}"));

        var refused = await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(Text(body)));
        queue.DeleteMessages(1, DateTimeOffset.MaxValue);
        await sender.SendAsync(Text(body));

        Assert.Equal("amqp:resource-limit-exceeded", refused.Error.Condition.ToString());
        Assert.InRange(queue.SizeInBytes, 1000 * 1024, 1024 * 1024);
    }

    [Fact]
    public async Task Throttle_CreditsUsedUp_RefusesSendsAndHoldsDeliveriesUntilTheNextSecond()
    {
        _standIn.Broker.CreateQueue("q");
        await using var client = await WireClient.OpenAsync(_standIn);
        var sender = await client.SenderAsync("q");
        _standIn.Throttle.CreditsPerSecond = 3;
        for (var i = 0; i < 3; i++) await sender.SendAsync(Text($"{i}", $"{i}"));

        var refused = await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(Text("4", "4")));
        var receiver = await client.ReceiverAsync("q");
        receiver.SetCredit(10, CreditMode.Manual);
        Assert.Null(await receiver.ReceiveAsync(TimeSpan.FromMilliseconds(100)));
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++) Assert.NotNull(await receiver.ReceiveAsync(WireClient.Patience));

        Assert.Equal("com.microsoft:server-busy", refused.Error.Condition.ToString());
        Assert.Contains("50009", refused.Error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_ForTransactions_IsRefusedWithAText()
    {
        await using var client = await WireClient.OpenAsync(_standIn);
        var session = new Session(client.Connection);

        var coordinator = new SenderLink(session, "transactions", new Attach { Target = new Coordinator(), Source = new Source() }, null);
        var error = await WireClient.ClosedAsync(coordinator);

        Assert.Equal("amqp:not-implemented", error?.Condition.ToString());
        Assert.Contains("no transactions", error?.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listener", "bGlzdGVu", true, false)]
    [InlineData("sender", "c2VuZA==", false, true)]
    public async Task Attach_KeyWithOneRight_DoesOnlyThat(string name, string key, bool receives, bool sends)
    {
        _standIn.Broker.CreateQueue("q");
        await using var client = await WireClient.ConnectAsync(_standIn);
        Assert.Equal(202, (await client.PutTokenAsync(client.Token(key: key, name: name))).Status);

        Assert.Equal(receives, await Succeeds(() => client.ReceiverAsync("q")));
        Assert.Equal(sends, await Succeeds(() => client.SenderAsync("q")));
    }

    [Fact]
    public async Task Attach_EntitysOwnKey_OpensItAlone()
    {
        _standIn.Broker.CreateQueue("mine", new QueueOptions { AccessRules = [new EntityAccessRule("own", AccessRights.Listen, "cHJpbWFyeQ==", "c2Vjb25kYXJ5")] });
        _standIn.Broker.CreateQueue("other");
        await using var client = await WireClient.ConnectAsync(_standIn);

        Assert.Equal(401, (await client.PutTokenAsync(client.Token("other", key: "c2Vjb25kYXJ5", name: "own"), "other")).Status);
        Assert.Equal(202, (await client.PutTokenAsync(client.Token("mine", key: "c2Vjb25kYXJ5", name: "own"), "mine")).Status);
        await client.ReceiverAsync("mine");
        Assert.False(await Succeeds(() => client.SenderAsync("mine")));
    }

    [Fact]
    public async Task Idle_LinkThenConnection_AreClosedByTheClock()
    {
        _standIn.Broker.CreateQueue("q");
        await using var client = await WireClient.OpenAsync(_standIn);
        var idle = await client.SenderAsync("q");
        var waiting = await client.ReceiverAsync("q");
        waiting.SetCredit(1, CreditMode.Manual);
        await client.ManageAsync("q", "peek-message", new global::Amqp.Types.Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });

        // Outstanding credit is activity, as the service has it.
        Advance(TimeSpan.FromMinutes(10.5));
        Assert.Equal("amqp:link:detach-forced", (await WireClient.ClosedAsync(idle))?.Condition.ToString());
        Assert.False(waiting.IsClosed);
        await waiting.CloseAsync();
        await Until(() => _standIn.LinkCount == 0);
        Advance(TimeSpan.FromMinutes(5.5));

        Assert.Equal("amqp:connection:forced", (await WireClient.ClosedAsync(client.Connection))?.Condition.ToString());
    }

    private void Advance(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(30)) _time.Advance(TimeSpan.FromSeconds(30));
    }

    private static async Task<bool> Succeeds(Func<Task> attach)
    {
        try
        {
            await attach();
            return true;
        }
        catch (AmqpException refused)
        {
            Assert.Equal("amqp:unauthorized-access", refused.Error.Condition.ToString());
            return false;
        }
    }
}
