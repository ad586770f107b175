namespace DStream.RabbitMq.Tests;

public sealed class RabbitMqConnectionStringTests
{
    [Theory]
    [InlineData("amqp://u:p@h", "h", 5672, "/", false)]
    [InlineData("amqp://u:p@h/", "h", 5672, "/", false)]
    [InlineData("amqps://u:p@h", "h", 5671, "/", true)]
    [InlineData("amqp://u:p@h:1234/vhost", "h", 1234, "vhost", false)]
    [InlineData("amqp://u:p@h/a%2Fb", "h", 5672, "a/b", false)]
    [InlineData(" amqp://u:p@[::1]:1 ", "::1", 1, "/", false)]
    public void Parse_Forms_AreRead(string text, string host, int port, string virtualHost, bool useTls)
    {
        var parsed = RabbitMqConnectionString.Parse(text);

        Assert.Equal((host, port, virtualHost, useTls, "u", "p"), (parsed.Host, parsed.Port, parsed.VirtualHost, parsed.UseTls, parsed.User, parsed.Password));
    }

    [Fact]
    public void Parse_EncodedPassword_IsDecodedAndNeverShown()
    {
        var parsed = RabbitMqConnectionString.Parse("amqp://dstream:s%40c%3Ar%2Ft@h");

        Assert.Equal("s@c:r/t", parsed.Password);
        Assert.DoesNotContain("s@c", parsed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s@c", RabbitMqOptions.For("amqp://dstream:s%40c%3Ar%2Ft@h").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "form")]
    [InlineData("h:5672", "form")]
    [InlineData("http://u:secret@h", "form")]
    [InlineData("amqp://h", "user and password")]
    [InlineData("amqp://u@h", "user and password")]
    [InlineData("amqp://u:@h", "user and password")]
    [InlineData("amqp://u:secret@h/a/b", "%2F")]
    [InlineData("amqp://u:secret@h?heartbeat=10", "query")]
    public void TryParse_Wrong_SaysWhyAndTellsNoSecret(string text, string reason)
    {
        Assert.False(RabbitMqConnectionString.TryParse(text, out _, out var error));

        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }
}
