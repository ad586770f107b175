using DStream.InMemory;
using DStream.TestSupport;

namespace DStream.Router.Tests;

/// <summary>The whole router as a host composes it.</summary>
public sealed class RoutingTests
{
    [Fact]
    public async Task Run_ManySessions_EachArrivesInOrder()
    {
        await using var rig = new RouteRig();
        var sessions = Enumerable.Range(0, 40).Select(static n => $"s{n}").ToArray();
        foreach (var session in sessions) await rig.EnqueueAsync(session, TableOf(session), 20);
        await rig.StartAsync("orders", "items", "persons");
        foreach (var session in sessions) await rig.EnqueueAsync(session, TableOf(session), 5);

        await rig.EmptiedAsync();

        Assert.All(sessions, session => rig.AssertExact(session, TableOf(session)));
        Assert.Equal(0, rig.Broker.Counts(RouteRig.Queue).DeadLettered);
    }

    [Fact]
    public async Task Run_Message_ArrivesAsItWas()
    {
        await using var rig = new RouteRig();
        var message = RouteRig.Message("s", RouteRig.Topic("orders"), """{ "data" : {"ID":1},  "metadata":{} }""");
        await rig.EnqueueAsync(message);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        var arrived = Assert.Single(rig.At("orders")).Message;
        Assert.Equal(message.Body.ToArray(), arrived.Body.ToArray());
        Assert.Equal(message.MessageId.ToArray(), arrived.MessageId.ToArray());
        Assert.Equal(message.Lsn.ToArray(), arrived.Lsn.ToArray());
        Assert.Equal((message.SessionId, message.Headers, message.TraceParent), (arrived.SessionId, arrived.Headers, arrived.TraceParent));
    }

    [Fact]
    public async Task Run_PoisonMessages_AreDeadLetteredAndTheRestGoesOn()
    {
        await using var rig = new RouteRig(topics: new InMemoryBrokerOptions { Limits = new(2000, 4000, 3, FramingBytes: 10) });
        await rig.EnqueueAsync("s", "orders", 4);
        await rig.EnqueueAsync(
            RouteRig.Message("s", null, "no header"), RouteRig.Message("s", "server.db.gone.events", "gone"), RouteRig.Message("s", "", "empty"),
            RouteRig.Message("s", RouteRig.Topic("orders"), new string('x', 3000)));
        await rig.EnqueueAsync("s", "orders", 4);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        rig.AssertExact("s", "orders");
        var dead = rig.Broker.DeadLetters(RouteRig.Queue);
        Assert.Equal(["Unreadable", "UnknownDestination", "Unreadable", "MessageTooLarge"], dead.Select(static message => message.DeadLetterReason));
        Assert.Contains("server.db.gone.events", dead[1].DeadLetterDescription, StringComparison.Ordinal);
        Assert.Contains("2000", dead[3].DeadLetterDescription, StringComparison.Ordinal);
        Assert.Equal(3000, dead[3].Body.Length);
    }

    [Fact]
    public async Task Run_DestinationInOtherCase_IsTheSameTopic()
    {
        await using var rig = new RouteRig();
        await rig.EnqueueAsync(RouteRig.Message("s", "Server.DB.Orders.events", "1"), RouteRig.Message("s", RouteRig.Topic("orders"), "2"));
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        Assert.Equal(["1", "2"], rig.At("orders", "s"));
    }

    [Fact]
    public async Task Run_MoreSessionsThanPlaces_AllGetTheirTurn()
    {
        await using var rig = new RouteRig { Places = 2 };
        var sessions = Enumerable.Range(0, 40).Select(static n => $"s{n}").ToArray();
        foreach (var session in sessions) await rig.EnqueueAsync(session, "orders", 3);
        await rig.StartAsync("orders");

        await rig.EmptiedAsync();

        Assert.All(sessions, session => rig.AssertExact(session, "orders"));
    }

    [Fact]
    public async Task Run_SessionThatNeverRunsDry_GivesUpItsPlace()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var rig = new RouteRig(time) { Places = 1 };
        await rig.EnqueueAsync("hot", "orders", 1);
        var (rounds, served) = (0, 0);
        rig.Senders.Sending = async (topic, _, _) =>
        {
            if (topic == RouteRig.Topic("items")) served = rounds;
            else if (++rounds == 1) await rig.EnqueueAsync("meek", "items", 1);
            if (rounds < 500) await rig.EnqueueAsync("hot", "orders", 1);
            time.Advance(TimeSpan.FromSeconds(1));
        };

        await rig.StartAsync("orders", "items");
        await Eventually.HoldsAsync(() => served > 0, "the other session's turn");

        Assert.InRange(served, 1, 15);
    }

    private static string TableOf(string session) => (session[^1] % 3) switch { 0 => "orders", 1 => "items", _ => "persons" };
}
