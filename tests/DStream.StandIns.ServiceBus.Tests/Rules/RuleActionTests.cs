using Amqp.Framing;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Tests.Rules;

public sealed class RuleActionTests
{
    [Fact]
    public void Apply_SetAndRemove_ChangesPropertiesAndKeepsTheBody()
    {
        var before = RuleMessage.Sample();

        var after = Applied("SET quantity = quantity / 2; SET sys.Label = 'Half'; SET fresh = color + '!'; REMOVE price;", before);

        var read = RuleMessage.Decoded(after);
        Assert.Equal((5, "Half", "blue!"), (User(read, "quantity"), read.System("Label"), User(read, "fresh")));
        Assert.False(read.TryUser("price", out _));
        Assert.Equal("m-1", after.MessageId);
        Assert.Equal("S", after.SessionId);
        Assert.Equal(before.Bare.Span[^8..], after.Bare.Span[^8..]);
        Assert.Equal(10, User(RuleMessage.Decoded(before), "quantity"));
    }

    [Fact]
    public void Apply_SessionId_MovesTheMessage()
    {
        var after = Applied("SET sys.SessionId = 'other'", RuleMessage.Sample());

        Assert.Equal("other", after.SessionId);
        Assert.Equal("other", IncomingMessages.Read(after.Bare).SessionId);
    }

    [Fact]
    public void Apply_OnABareBody_AddsTheSections()
    {
        var after = Applied("SET x = 1", RuleMessage.Of());

        Assert.Equal(1L, User(RuleMessage.Decoded(after), "x"));
    }

    [Theory]
    [InlineData("SET sys.SequenceNumber = 1")]
    [InlineData("SET x = sys.Nonsense")]
    [InlineData("SET x = 'a' - 1")]
    public void Apply_WhatCannotBe_Fails(string expression) => Assert.Throws<FilterException>(() => Applied(expression, RuleMessage.Sample()));

    [Theory]
    [InlineData("")]
    [InlineData("SET x")]
    [InlineData("DELETE x")]
    [InlineData("SET x = 1 = 1")]
    [InlineData("REMOVE")]
    public void New_NoStatements_IsRefused(string expression) =>
        Assert.Equal(BrokerError.BadRequest, Assert.Throws<BrokerException>(() => new SqlRuleAction(expression)).Error);

    [Fact]
    public void New_MoreThan32Statements_IsRefused() =>
        Assert.Throws<BrokerException>(() => new SqlRuleAction(string.Concat(Enumerable.Repeat("SET x=1;", 33))));

    private static BrokerMessage Applied(string expression, BrokerMessage message)
    {
        var properties = RuleMessage.Decoded(message);
        new SqlRuleAction(expression).Apply(properties);
        return properties.ToMessage();
    }

    private static object? User(MessageProperties properties, string name) => properties.TryUser(name, out var value) ? value : null;
}
