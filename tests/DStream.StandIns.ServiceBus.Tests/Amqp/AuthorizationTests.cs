using Amqp;
using Amqp.Framing;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

public sealed class AuthorizationTests : IAsyncLifetime
{
    private const string Unauthorized = "amqp:unauthorized-access";
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private ServiceBusStandIn _standIn = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { TimeProvider = _time }, CancellationToken.None);
        _standIn.Broker.CreateQueue("q");
        _standIn.Broker.CreateQueue("other");
    }

    public async ValueTask DisposeAsync() => await _standIn.DisposeAsync();

    [Fact]
    public async Task Attach_WithoutToken_IsRefused()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);

        var sender = await Assert.ThrowsAsync<AmqpException>(() => client.SenderAsync("q"));
        var receiver = await Assert.ThrowsAsync<AmqpException>(() => client.ReceiverAsync("q"));

        Assert.Equal((Unauthorized, Unauthorized), (sender.Error.Condition.ToString(), receiver.Error.Condition.ToString()));
    }

    [Fact]
    public async Task PutToken_WrongKey_Is401()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);

        var (status, description) = await client.PutTokenAsync(client.Token(key: "wrong"));

        Assert.Equal(401, status);
        Assert.Contains("InvalidSignature", description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("servicebus.windows.net:sastoken", "no token at all")]
    [InlineData("servicebus.windows.net:sastoken", "SharedAccessSignature sr=a&sig=%%%&se=x&skn=b")]
    [InlineData("jwt", "eyJ")]
    [InlineData("other", "x")]
    public async Task PutToken_Unfit_Is401(string type, string token)
    {
        await using var client = await WireClient.ConnectAsync(_standIn);

        Assert.Equal(401, (await client.PutTokenAsync(token, type: type)).Status);
    }

    [Fact]
    public async Task PutToken_Expired_Is401()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);

        Assert.Equal(401, (await client.PutTokenAsync(client.Token(life: TimeSpan.FromMinutes(-1)))).Status);
    }

    [Fact]
    public async Task Token_ForOneEntity_CoversNoOther()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);
        Assert.Equal(202, (await client.PutTokenAsync(client.Token("q"), "q")).Status);

        await client.SenderAsync("q");
        var refused = await Assert.ThrowsAsync<AmqpException>(() => client.SenderAsync("other"));

        Assert.Equal(Unauthorized, refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task Token_RunsOut_EndsItsLinks()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);
        await client.PutTokenAsync(client.Token(life: TimeSpan.FromMinutes(5)));
        var sender = await client.SenderAsync("q");

        _time.Advance(TimeSpan.FromMinutes(6));
        var error = await WireClient.ClosedAsync(sender);

        Assert.Equal(Unauthorized, error?.Condition.ToString());
    }

    [Fact]
    public async Task Token_Renewed_KeepsItsLinks()
    {
        await using var client = await WireClient.ConnectAsync(_standIn);
        await client.PutTokenAsync(client.Token(life: TimeSpan.FromMinutes(5)));
        var sender = await client.SenderAsync("q");

        await client.PutTokenAsync(client.Token(life: TimeSpan.FromMinutes(20)));
        _time.Advance(TimeSpan.FromMinutes(6));

        await sender.SendAsync(new Message { BodySection = new Data { Binary = [1] } });
    }

    [Fact]
    public async Task PutToken_JwtWhereAllowed_OpensItsAudience()
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { AcceptAnyJwt = true }, CancellationToken.None);
        standIn.Broker.CreateQueue("q");
        await using var client = await WireClient.ConnectAsync(standIn);

        Assert.Equal(202, (await client.PutTokenAsync("eyJ", "q", "jwt")).Status);

        await client.SenderAsync("q");
    }
}
