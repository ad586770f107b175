using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>DStream's messages in subscriptions with rules: what its consumers select by.</summary>
public sealed class RuleTests
{
    private const string Filtered = "filtered";

    [Theory]
    [InlineData("OperationType IN ('Insert', 'Update') AND TableName = 'Persons'")]
    [InlineData("sys.Label LIKE 'Per%' AND sys.MessageId <> 'id-00000002' AND sys.To IS NULL AND OperationType <> 'Delete'")]
    [InlineData("TableName LIKE 'P\\_%' ESCAPE '\\' OR Destination LIKE '%.persons.events' AND OperationType = 'Insert'")]
    [InlineData("missing IS NULL AND NOT EXISTS(missing) AND EXISTS(LSN) AND (NOT missing = 'x' OR OperationType = 'Insert')")]
    [Scenario("selects by a SQL filter on a message's own properties")]
    [Scenario("selects by a SQL filter on system properties")]
    [Scenario("matches patterns with an escape")]
    [Scenario("takes what a message lacks as unknown")]
    public async Task ReceiveAsync_SqlFilter_GivesWhatItSelects(string expression)
    {
        await using var bench = await StartAsync(new SqlFilter(expression));

        Assert.Equal(Bench.Ids(1, 1), await SelectedAsync(bench));
    }

    [Fact]
    [Scenario("selects by a correlation filter on system and own properties")]
    public async Task ReceiveAsync_CorrelationFilter_GivesWhatItSelects()
    {
        await using var bench = await StartAsync(new CorrelationFilter(
            new Dictionary<string, string?> { ["Label"] = "Persons" }, new Dictionary<string, object> { ["OperationType"] = "Insert" }));

        Assert.Equal(Bench.Ids(1, 1), await SelectedAsync(bench));
    }

    [Fact]
    [Scenario("changes what an action selects, and names its rule")]
    public async Task ReceiveAsync_RuleWithAction_GivesTheMessageChanged()
    {
        await using var bench = await StartAsync(new SqlFilter("OperationType = 'Insert'"), new SqlRuleAction("SET sys.Label = 'new'; REMOVE TableName"));
        await bench.SendAsync(Bench.Topic, Inserted);
        await using var receiver = await bench.SubscribeAsync(Filtered);

        var received = Bench.Decode((await Bench.DrainAsync(receiver, 1))[0]);

        Assert.Equal(("new", "first"), (received.Properties.Subject, received.ApplicationProperties["RuleName"]));
        Assert.False(received.ApplicationProperties.Map.ContainsKey("TableName"));
        Assert.Equal(Inserted.Body.ToArray(), received.BodySection is Amqp.Framing.Data data ? data.Binary : null);
    }

    [Fact]
    [Scenario("gives a copy for each rule with an action, and one for all without")]
    public async Task ReceiveAsync_SeveralRules_GivesACopyForEachAction()
    {
        await using var bench = await StartAsync(new TrueFilter());
        bench.Broker.Broker.CreateRule(Bench.Topic, Filtered, new SubscriptionRule("second", new SqlFilter("TableName = 'Persons'")));
        foreach (var name in new[] { "x", "y" })
            bench.Broker.Broker.CreateRule(Bench.Topic, Filtered, new SubscriptionRule(name, new TrueFilter(), new SqlRuleAction("SET n = 1")));
        await bench.SendAsync(Bench.Topic, Inserted);
        await using var receiver = await bench.SubscribeAsync(Filtered);

        var received = await Bench.DrainAsync(receiver, 3);

        Assert.Equal([null, "x", "y"], received.Select(static message => (string?)Bench.Decode(message).ApplicationProperties["RuleName"]).Order());
        Assert.Equal(3, bench.FindSubscription(Filtered).Counts.Total);
    }

    [Fact]
    [Scenario("dead-letters what a filter has no answer for")]
    public async Task ReceiveAsync_FilterWithoutAnswer_DeadLettersTheMessage()
    {
        await using var bench = await StartAsync(new SqlFilter("OperationType > 5"));
        await bench.SendAsync(Bench.Topic, Inserted);
        await using var dead = await bench.SubscribeAsync(Filtered, deadLetter: true);

        Assert.Equal("FilterException", Bench.Decode((await Bench.DrainAsync(dead, 1))[0]).ApplicationProperties["DeadLetterReason"]);
    }

    [Fact]
    [Scenario("moves a message to another session by an action")]
    public async Task AcceptSessionAsync_ActionSetsTheSession_GivesThatSession()
    {
        await using var bench = await StartAsync(new TrueFilter(), new SqlRuleAction("SET sys.SessionId = 'moved'"), new QueueOptions { RequiresSession = true });
        await bench.SendAsync(Bench.Topic, Inserted);

        await using var receiver = await bench.AcceptAsync($"{Bench.Topic}/Subscriptions/{Filtered}");

        Assert.Equal("moved", receiver.SessionId);
        Assert.Equal("moved", (await Bench.DrainAsync(receiver, 1))[0].Message.SessionId);
    }

    private static OutboundMessage Inserted => Samples.Message(1);

    private static async Task<Bench> StartAsync(RuleFilter filter, SqlRuleAction? action = null, QueueOptions? options = null)
    {
        var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateSubscription(Bench.Topic, Filtered, options, new SubscriptionRule("first", filter, action));
        return bench;
    }

    /// <summary>Of an insert and a delete. The count is complete: a topic has filtered what it has accepted.</summary>
    private static async Task<IEnumerable<string>> SelectedAsync(Bench bench)
    {
        await bench.SendAsync(Bench.Topic, Inserted, Samples.Message(2) with { Headers = new MessageHeaders("Persons", Bench.Topic, "Delete", "Persons") });
        await using var receiver = await bench.SubscribeAsync(Filtered);
        return Bench.Ids(await Bench.DrainAsync(receiver, bench.FindSubscription(Filtered).Counts.Active));
    }
}
