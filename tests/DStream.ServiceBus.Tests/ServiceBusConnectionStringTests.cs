using CsCheck;

namespace DStream.ServiceBus.Tests;

public sealed class ServiceBusConnectionStringTests
{
    private const string Secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ+/w==";

    [Fact]
    public void Parse_PortalForm_TakesEveryPart()
    {
        var parsed = ServiceBusConnectionString.Parse(
            $"Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={Secret};EntityPath=ingest");

        Assert.Equal("contoso.servicebus.windows.net", parsed.Host);
        Assert.Equal(5671, parsed.Port);
        Assert.Equal("Root", parsed.KeyName);
        Assert.Equal(Secret, parsed.Key);
        Assert.Equal("ingest", parsed.EntityPath);
        Assert.False(parsed.UsesEntra);
        Assert.Equal("https://contoso.servicebus.windows.net/", parsed.AdministrationAddress.ToString());
    }

    [Theory]
    [InlineData("Endpoint=sb://localhost;UseDevelopmentEmulator=true", 5672, "http://localhost:5300/")]
    [InlineData("endpoint=sb://127.0.0.1:7001/;usedevelopmentemulator=TRUE;administrationport=7002", 7001, "http://127.0.0.1:7002/")]
    public void Parse_Emulator_SpeaksPlainTcpAndHttp(string text, int port, string administration)
    {
        var parsed = ServiceBusConnectionString.Parse(text);

        Assert.True(parsed.UseDevelopmentEmulator);
        Assert.Equal(port, parsed.Port);
        Assert.Equal(administration, parsed.AdministrationAddress.ToString());
    }

    [Theory]
    [InlineData("contoso.servicebus.windows.net")]
    [InlineData("sb://contoso.servicebus.windows.net/")]
    [InlineData("Endpoint=sb://contoso.servicebus.windows.net/")]
    public void Parse_WithoutKey_MeansEntra(string text)
    {
        var parsed = ServiceBusConnectionString.Parse(text);

        Assert.True(parsed.UsesEntra);
        Assert.Equal("contoso.servicebus.windows.net", parsed.Host);
    }

    [Theory]
    [InlineData("", "no Endpoint")]
    [InlineData("SharedAccessKeyName=a;SharedAccessKey=b", "no Endpoint")]
    [InlineData("Endpoint=https://x/", "sb://host")]
    [InlineData("Endpoint=sb://x/queue", "sb://host")]
    [InlineData("Endpoint=sb://x/;SharedAccessKey=b", "together")]
    [InlineData("Endpoint=sb://x/;SharedAccessKeyName=a", "together")]
    [InlineData("Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=", "SharedAccessKey in")]
    [InlineData("Endpoint=sb://x/;Endpoint=sb://y/", "twice")]
    [InlineData("Endpoint=sb://x/;TransportType=AmqpWebSockets", "TransportType")]
    [InlineData("Endpoint=sb://x/;UseDevelopmentEmulator=maybe", "neither true nor false")]
    [InlineData("Endpoint=sb://x/;AdministrationPort=99999", "port")]
    [InlineData("Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=b;SharedAccessSignature=c", "both")]
    [InlineData("Endpoint=sb://x/;TransportType=AmqpWebSockets", "transport = \"amqp_websockets\"")]
    public void TryParse_Broken_SaysWhy(string text, string reason)
    {
        Assert.False(ServiceBusConnectionString.TryParse(text, out _, out var error));

        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyTextAroundAKey_NeverShowsTheKey()
    {
        // I8: also where the key was cut by a sign that parts the parts.
        var broken = Gen.OneOf(
            Gen.Const($"Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey={Secret}"),
            Gen.Const($"Endpoint=sb://x/;SharedAccessKey={Secret}"),
            Gen.Const($"Endpoint=https://x/;SharedAccessKeyName=a;SharedAccessKey={Secret}"),
            Gen.Const($"{Secret};Endpoint=sb://x/"),
            Gen.Const($"Endpoint=sb://x/;a={Secret}={Secret}"),
            Gen.Const($"Endpoint=sb://u:{Secret}@x/"));

        Gen.Select(broken, Gen.Char[" ;=\"'\n"].Array[0, 3], Gen.Int[0, 60]).Sample((text, noise, at) =>
        {
            var cut = Math.Min(at, text.Length);
            var parsed = ServiceBusConnectionString.TryParse(text.Insert(cut, new string(noise)), out var result, out var error);

            var shown = parsed ? $"{result} {new ServiceBusOptions { ConnectionString = result! }}" : error!;
            return !shown.Contains("c2Vjcm", StringComparison.Ordinal) && !shown.Contains("ZWNyZX", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void ToString_WithKey_ShowsHostPortAndKeyName() =>
        Assert.Equal("sb://x:5671/ (key Root)", ServiceBusConnectionString.Parse($"Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey={Secret}").ToString());
}
