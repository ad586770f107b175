using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Tests.Rules;

public sealed class SqlFilterTests
{
    [Theory]
    [InlineData("1=1")]
    [InlineData("color = 'blue'")]
    [InlineData("COLOR='blue' and Quantity = 10")]
    [InlineData("user.color = 'blue'")]
    [InlineData("color <> 'red' AND color != 'green'")]
    [InlineData("quantity > 9 AND quantity >= 10 AND quantity < 11 AND quantity <= 10")]
    [InlineData("quantity = 10.0")]
    [InlineData("price = 2.5 AND price < 3 AND price > 0.5E-2")]
    [InlineData("big = 5000000000")]
    [InlineData("flag = TRUE AND NOT flag = false")]
    [InlineData("quantity + 5 * 2 - 6 / 3 = 18")]
    [InlineData("(quantity + 5) * 2 = 30 AND quantity % 3 = 1")]
    [InlineData("-quantity = -10 AND +quantity = 10")]
    [InlineData("color + '!' = 'blue!'")]
    [InlineData("color = 'red' OR quantity = 10 AND price = 2.5")]
    [InlineData("NOT (color = 'red' OR color = 'green')")]
    [InlineData("color IN ('red', 'blue') AND quantity NOT IN (1, 2)")]
    [InlineData("color LIKE 'bl%' AND color LIKE '_lue' AND color NOT LIKE 'r%' AND color LIKE '%u%'")]
    [InlineData(@"percent LIKE 'ABC\%' ESCAPE '\'")]
    [InlineData("[with space] = 'x' AND \"with space\" = 'x' AND [color] = 'blue'")]
    [InlineData("missing IS NULL AND nothing IS NULL AND color IS NOT NULL")]
    [InlineData("EXISTS(color) AND EXISTS(nothing) AND NOT EXISTS(missing) AND EXISTS(sys.MessageId)")]
    [InlineData("sys.Label = 'Persons' AND sys.MessageId = 'm-1' AND sys.SessionId = 'S' AND sys.To = 'here'")]
    [InlineData("SYS.correlationid LIKE 'c-%' AND sys.ContentType = 'application/json' AND sys.ReplyTo IS NULL")]
    [InlineData("property('color') = 'blue' AND p('col' + 'or') = 'blue'")]
    [InlineData("newid() <> newid()")]
    [InlineData("'it''s' = 'it''s'")]
    [InlineData("((((((((color))))))) = 'blue')")]
    public void Matches_WhatHolds_IsTrue(string expression) => Assert.True(Matches(expression));

    [Theory]
    [InlineData("1=0")]
    [InlineData("color = 'Blue'")]
    [InlineData("missing = 'x'")]
    [InlineData("missing <> 'x'")]
    [InlineData("NOT missing = 'x'")]
    [InlineData("missing LIKE '%'")]
    [InlineData("missing NOT IN ('x')")]
    [InlineData("missing + 1 = 1")]
    [InlineData("nothing = NULL")]
    [InlineData("missing = 1 AND color = 'blue'")]
    [InlineData("color LIKE 'b'")]
    [InlineData(@"color LIKE 'bl\%' ESCAPE '\'")]
    public void Matches_WhatDoesNotHoldOrIsUnknown_IsFalse(string expression) => Assert.False(Matches(expression));

    [Theory]
    [InlineData("missing = 1 OR color = 'blue'")]
    [InlineData("color = 'blue' OR missing = 1")]
    [InlineData("NOT (missing = 1 AND color = 'red')")]
    public void Matches_UnknownBesideWhatDecides_IsTrue(string expression) => Assert.True(Matches(expression));

    [Theory]
    [InlineData("sys.Nonsense = 1", "sys.Nonsense")]
    [InlineData("color = 10", "String and Int64")]
    [InlineData("flag > FALSE", "no order")]
    [InlineData("quantity LIKE '1%'", "texts only")]
    [InlineData("quantity / 0 = 1", "divided by zero")]
    [InlineData("color LIKE 'x' ESCAPE 'ab'", "one character")]
    [InlineData("color - 1 = 1", "String and Int64")]
    public void Matches_NoAnswer_Fails(string expression, string why) =>
        Assert.Contains(why, Assert.Throws<FilterException>(() => Matches(expression)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("color =")]
    [InlineData("color")]
    [InlineData("color = 'blue' AND")]
    [InlineData("color == 'blue'")]
    [InlineData("color = 'blue")]
    [InlineData("other.color = 'blue'")]
    [InlineData("(color = 'blue'")]
    [InlineData("color IN ()")]
    [InlineData("'x' IS NULL")]
    [InlineData("(color = 'blue') = 1")]
    [InlineData("and = 1")]
    [InlineData("color = @missing")]
    [InlineData("x = 99999999999999999999")]
    [InlineData("color = 'blue'; DROP")]
    public void New_NoCondition_IsRefused(string expression) =>
        Assert.Equal(BrokerError.BadRequest, Assert.Throws<BrokerException>(() => new SqlFilter(expression)).Error);

    [Fact]
    public void New_TooLongOrTooDeep_IsRefused()
    {
        Assert.Throws<BrokerException>(() => new SqlFilter("color = '" + new string('x', 1024) + "'"));
        Assert.Throws<BrokerException>(() => new SqlFilter(new string('(', 400) + "1" + new string(')', 400) + "=1"));
    }

    [Fact]
    public void New_Unreadable_SaysWhere() =>
        Assert.Contains("column 9", Assert.Throws<BrokerException>(() => new SqlFilter("color = = 'blue'")).Message, StringComparison.Ordinal);

    [Fact]
    public void Matches_Parameters_TakeTheirValues()
    {
        var filter = new SqlFilter("color = @color AND quantity < @most", new Dictionary<string, object> { ["@color"] = "blue", ["@most"] = 11.0 });

        Assert.True(filter.Matches(RuleMessage.Decoded(RuleMessage.Sample())));
        Assert.False(filter.Matches(RuleMessage.Decoded(RuleMessage.Of(null, ("color", "blue"), ("quantity", 11)))));
    }

    private static bool Matches(string expression) => new SqlFilter(expression).Matches(RuleMessage.Decoded(RuleMessage.Sample()));
}
