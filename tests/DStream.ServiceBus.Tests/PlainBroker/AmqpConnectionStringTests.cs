namespace DStream.ServiceBus.Tests.PlainBroker;

public sealed class AmqpConnectionStringTests
{
    [Theory]
    [InlineData("amqp://u:p@h", "h", 5672, false, "u", "p", null)]
    [InlineData("amqps://u:p@h", "h", 5671, true, "u", "p", null)]
    [InlineData("amqp://u:p@h:1234/", "h", 1234, false, "u", "p", null)]
    [InlineData(" AMQPS://dev%40corp:a%3Ab%2Fc%25@broker.corp:5671/virtual%2Fhost ", "broker.corp", 5671, true, "dev@corp", "a:b/c%", "virtual/host")]
    public void Parse_ConnectionString_ReadsEveryPart(string text, string host, int port, bool tls, string user, string password, string? virtualHost)
    {
        var parsed = AmqpConnectionString.Parse(text);

        Assert.Equal((host, port, tls, user, password, virtualHost), (parsed.Host, parsed.Port, parsed.UsesTls, parsed.User, parsed.Password, parsed.VirtualHost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://u:hunter2@h")]
    [InlineData("amqp://h")]
    [InlineData("amqp://hunter2@h")]
    [InlineData("amqp://u:@h")]
    [InlineData("amqp://u:a:hunter2@h")]
    [InlineData("amqp://u:p@h?password=hunter2")]
    [InlineData("amqp://u:p#hunter2@h")]
    public void TryParse_Broken_SaysWhyWithoutShowingIt(string text)
    {
        Assert.False(AmqpConnectionString.TryParse(text, out _, out var error));

        Assert.Contains("AMQP connection string", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal); // I8
    }

    [Fact]
    public void ToString_Options_HideThePassword()
    {
        var options = new AmqpBrokerOptions { ConnectionString = AmqpConnectionString.Parse("amqp://u:hunter2@h/v") };

        Assert.Equal("AmqpBrokerOptions { amqp://h:5672/v (user u), Address = {destination} }", options.ToString());
    }
}
