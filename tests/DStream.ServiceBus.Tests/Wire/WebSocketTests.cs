using System.Net;
using System.Net.Sockets;
using DStream.Core;
using DStream.ServiceBus.Tests.Sending;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class WebSocketTests
{
    private const ServiceBusTransport WebSockets = ServiceBusTransport.AmqpWebSockets;

    [Theory]
    [InlineData(ServiceBusTransport.Amqp, true)]
    [InlineData(WebSockets, false)]
    [InlineData(WebSockets, true)]
    public async Task WholeWay_OverTransport_DeliversInOrderAndSettles(ServiceBusTransport transport, bool tls)
    {
        await using var bench = await Bench.StartAsync(transport, tls);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);

        // Several frames of 64 KB, and many small ones.
        await sender.SendAsync(Samples.Messages(0, 90, bodyBytes: 10_000), Bench.Token);
        await Task.WhenAll(Enumerable.Range(9, 41).Select(number => sender.SendAsync(Samples.Messages(10 * number, 10), Bench.Token).AsTask()));
        await using var receiver = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(receiver, 500);
        await receiver.CompleteAsync(received, Bench.Token);

        Assert.Equal(Enumerable.Range(0, 500).Select(number => $"id-{number:D8}"), received.Select(message => message.MessageId));
        Assert.Equal((0, 1), (bench.Find(Bench.Queue).Counts.Total, bench.Broker.ConnectionCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_BrokerRestarts_GoesOn(bool abruptly)
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: false);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        bench.Broker.Suspend(abruptly);
        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(5, 5), Bench.Token));
        bench.Broker.Resume();
        await Bench.RetryAsync(async () =>
        {
            await sender.SendAsync(Samples.Messages(5, 5), Bench.Token);
            return true;
        });

        Assert.True(failure.IsTransient, failure.Message);
        Assert.Equal(10, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    public async Task SendAsync_ConnectionBreaksWhileSending_IsTransientAndConnectsAgain()
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: true);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.DropOnSend(Bench.Queue);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 5), Bench.Token));
        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);

        Assert.True(failure.IsTransient, failure.Message);
        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active);
        Assert.Equal(1, bench.Log.Count(4001));
    }

    [Fact]
    public async Task ReceiveAsync_ConnectionBreaks_EndsTheWait()
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: false);
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var receiver = await bench.AcceptAsync();
        await receiver.CompleteAsync(await Bench.DrainAsync(receiver, 1), Bench.Token);
        var waiting = receiver.ReceiveAsync(1, TimeSpan.FromMinutes(1), Bench.Token).AsTask();

        bench.Broker.Faults.DropConnections();

        Assert.True((await Assert.ThrowsAsync<ProviderException>(() => waiting)).IsTransient);
    }

    [Fact]
    public async Task DisposeAsync_Namespace_ClosesTheConnection()
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: false);
        await bench.SendAsync(Bench.Queue, Samples.Message(1));

        await bench.Namespace.DisposeAsync();

        await Bench.UntilAsync(() => bench.Broker.ConnectionCount == 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("dstream:p@ss word")]
    public async Task OpenSenderAsync_ThroughProxy_TunnelsToTheBroker(string? credentials)
    {
        using var proxy = new ConnectProxy(credentials);
        var address = proxy.Address;
        if (credentials?.Split(':') is [var user, var password]) address.Credentials = new NetworkCredential(user, password);
        await using var bench = await Bench.StartAsync(WebSockets, tls: true, options => options with { WebProxy = address });

        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 5));

        Assert.Equal($"127.0.0.1:{bench.Broker.WebSocketTlsPort}", Assert.Single(proxy.Tunnels));
        Assert.Equal(5, bench.Find(Bench.Queue).Counts.Active);
    }

    [Fact]
    public async Task OpenSenderAsync_ProxyWantsCredentials_SaysThatTheProxyIsToBlame()
    {
        using var proxy = new ConnectProxy("dstream:secret");
        await using var bench = await Bench.StartAsync(WebSockets, tls: true, options => options with { WebProxy = proxy.Address });

        var failure = await Assert.ThrowsAsync<ProviderException>(() => bench.SendAsync(Bench.Queue, Samples.Messages(0, 5)));

        Assert.Contains("ProxyTunnelError", failure.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceBusTransport.Amqp)]
    [InlineData(WebSockets)]
    public async Task OpenSenderAsync_UntrustedCertificate_FailsForGood(ServiceBusTransport transport)
    {
        await using var bench = await Bench.StartAsync(transport, tls: true, options => options with { ServerCertificateCheck = null });

        var failure = await Assert.ThrowsAsync<ProviderException>(() => bench.SendAsync(Bench.Queue, Samples.Messages(0, 5)));

        Assert.False(failure.IsTransient);
        Assert.Contains("TLS certificate was not accepted", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_WebServerWithoutWebSockets_SaysSo()
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: false);
        await using var wrong = bench.Connect(bench.Broker.ConnectionStringFor(bench.Broker.AdministrationPort, isPlain: true));

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await wrong.OpenSenderAsync(Bench.Queue, Bench.Token));

        Assert.Contains("no AMQP over WebSockets", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_NobodyListens_IsTransient()
    {
        await using var bench = await Bench.StartAsync(WebSockets, tls: false);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var wrong = bench.Connect(bench.Broker.ConnectionStringFor(port, isPlain: true));

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await wrong.OpenSenderAsync(Bench.Queue, Bench.Token));

        Assert.True(failure.IsTransient);
        Assert.Contains("ConnectionError", failure.Message, StringComparison.Ordinal);
    }
}
