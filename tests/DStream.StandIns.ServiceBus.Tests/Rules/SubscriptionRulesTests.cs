using Amqp.Framing;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;
using DStream.StandIns.ServiceBus.Tests.Broker;

namespace DStream.StandIns.ServiceBus.Tests.Rules;

public sealed class SubscriptionRulesTests : IDisposable
{
    private readonly BrokerFixture _fixture = new();
    private readonly MessageTopic _topic;

    public SubscriptionRulesTests() => _topic = _fixture.Broker.CreateTopic("t");

    [Fact]
    public void Send_TwoRulesWithAndThreeWithoutActions_GivesThreeCopies()
    {
        // The service's own example: topic-filters, "Topic filters and actions".
        var subscription = Subscribe(new SubscriptionRule("a", new TrueFilter()));
        Add(new SubscriptionRule("b", new SqlFilter("color = 'blue'")));
        Add(new SubscriptionRule("c", new CorrelationFilter(new Dictionary<string, string?> { ["Label"] = "Persons" })));
        Add(new SubscriptionRule("first", new SqlFilter("quantity = 10"), new SqlRuleAction("SET quantity = 1")));
        Add(new SubscriptionRule("second", new TrueFilter(), new SqlRuleAction("REMOVE color")));

        _topic.Send([RuleMessage.Sample()]);

        var received = BrokerFixture.Receive(subscription).Select(static m => RuleMessage.Decoded(m.Message)).ToArray();
        Assert.Equal([null, "first", "second"], received.Select(static m => User(m, "RuleName")));
        Assert.Equal([10, 1, 10], received.Select(static m => User(m, "quantity")));
        Assert.Equal(["blue", "blue", null], received.Select(static m => User(m, "color")));
    }

    [Fact]
    public void Send_NoRuleMatches_GivesNothing()
    {
        var subscription = Subscribe(new SubscriptionRule("none", new FalseFilter()));

        _topic.Send([RuleMessage.Sample()]);

        Assert.Equal(0, subscription.Counts.Total);
        _fixture.Broker.FindRules("t", "s").Remove("none");
        _topic.Send([RuleMessage.Sample()]);
        Assert.Equal(0, subscription.Counts.Total);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Send_FilterHasNoAnswer_DeadLettersIfSoConfigured(bool deadLetter, int expected)
    {
        var subscription = Subscribe(
            new SubscriptionRule("bad", new SqlFilter("color > 1")), new QueueOptions { DeadLetteringOnFilterEvaluationExceptions = deadLetter });
        Add(new SubscriptionRule("good", new SqlFilter("quantity = 10")));

        _topic.Send([RuleMessage.Sample()]);

        Assert.Equal((1, expected), (subscription.Counts.Active, subscription.Counts.DeadLettered));
        if (deadLetter) Assert.Equal("FilterException", subscription.DeadLetter!.Peek(0, 1).Single().ChangedProperties!["DeadLetterReason"]);
    }

    [Fact]
    public void Matches_CorrelationFilter_NeedsEveryCondition()
    {
        var filter = new CorrelationFilter(
            new Dictionary<string, string?> { ["CorrelationId"] = "c-1", ["To"] = null }, new Dictionary<string, object> { ["color"] = "blue", ["quantity"] = 10L });

        Assert.True(filter.Matches(RuleMessage.Decoded(RuleMessage.Sample())));
        Assert.False(filter.Matches(RuleMessage.Decoded(RuleMessage.Of(new Properties { CorrelationId = "c-1" }, ("color", "blue")))));
        Assert.False(filter.Matches(RuleMessage.Decoded(RuleMessage.Of(new Properties { CorrelationId = "C-1" }, ("color", "blue"), ("quantity", 10)))));
        Assert.False(filter.Matches(RuleMessage.Decoded(RuleMessage.Of(new Properties { CorrelationId = "c-1" }, ("color", 1), ("quantity", 10)))));
    }

    [Fact]
    public void Add_TakenName_IsRefusedWhateverTheCase()
    {
        Subscribe(SubscriptionRule.Default);

        Assert.Equal(BrokerError.EntityExists, Assert.Throws<BrokerException>(() => Add(new SubscriptionRule("$default", new FalseFilter()))).Error);
        Assert.Equal(BrokerError.EntityNotFound, Assert.Throws<BrokerException>(() => _fixture.Broker.FindRules("t", "s").Remove("other")).Error);
    }

    [Fact]
    public void CreateRule_MoreThanTheEmulatorAllows_IsRefused()
    {
        using var broker = new MessageBroker(_fixture.Time, ServiceBusLimits.Emulator);
        broker.CreateTopic("t");
        broker.CreateSubscription("t", "s");
        for (var i = 0; i < ServiceBusLimits.Emulator.SqlFiltersPerTopic; i++) broker.CreateRule("t", "s", new SubscriptionRule($"r{i}", new SqlFilter("1=1")));

        var refused = Assert.Throws<BrokerException>(() => broker.CreateRule("t", "s", new SubscriptionRule("more", new SqlFilter("1=1"))));

        Assert.Equal(BrokerError.QuotaExceeded, refused.Error);
    }

    public void Dispose() => _fixture.Dispose();

    private MessageQueue Subscribe(SubscriptionRule rule, QueueOptions? options = null) => _fixture.Broker.CreateSubscription("t", "s", options, rule);

    private void Add(SubscriptionRule rule) => _fixture.Broker.CreateRule("t", "s", rule);

    private static object? User(MessageProperties properties, string name) => properties.TryUser(name, out var value) ? value : null;
}
