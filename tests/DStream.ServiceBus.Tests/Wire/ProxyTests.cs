using System.Net;
using System.Text;
using DStream.Core;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.ServiceBus.Tests.Sending;
using DStream.StandIns.Proxy;
using DStream.StandIns.Proxy.Faults;

namespace DStream.ServiceBus.Tests.Wire;

/// <summary>The transport over a network that hands on in pieces and breaks.</summary>
public sealed class ProxyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(1, 200)]
    public async Task SendAndReceive_InPieces_AllInOrder(int min, int max)
    {
        await using var bench = await Bench.StartAsync();
        await using var proxy = await ProxyAsync(bench);
        proxy.ToServer.Rechunk(min, max);
        proxy.ToClient.Rechunk(min, max);
        await using var client = bench.Connect(bench.Broker.ConnectionStringFor(proxy.Port, isPlain: true));
        await using var sender = await client.OpenSenderAsync(Bench.Queue, Stop);

        await sender.SendAsync(Samples.Messages(0, 100, bodyBytes: 50), Stop);
        var receiver = (await client.AcceptSessionAsync(Bench.Queue, TimeSpan.FromSeconds(20), Stop))!;
        var received = await Bench.DrainAsync(receiver, 100);

        Assert.Equal(Samples.Messages(0, 100, bodyBytes: 50).Select(static message => Encoding.ASCII.GetString(message.MessageId.Span)), received.Select(static message => message.MessageId));
        await receiver.DisposeAsync();
    }

    [Fact]
    [Scenario("keeps order and loses nothing while connections break")]
    public async Task Send_OverConnectionsThatBreak_NothingIsLostOrReordered()
    {
        await using var bench = await Bench.StartAsync();
        await using var proxy = await ProxyAsync(bench);
        await using var client = bench.Connect(bench.Broker.ConnectionStringFor(proxy.Port, isPlain: true));
        var resets = proxy.Faults.On(ProxyPoint.WithinBytes(Flow.ToServer, 8_000, 20_000)).Times(3).CloseRst();
        var ends = proxy.Faults.On(ProxyPoint.WithinBytes(Flow.ToClient, 3_000, 6_000)).Times(2).CloseFin();

        for (var batch = 0; batch < 40; batch++)
        {
            var messages = Samples.Messages(batch * 10, 10, bodyBytes: 100);
            await Bench.RetryAsync(async () =>
            {
                await using var sender = await client.OpenSenderAsync(Bench.Queue, Stop);
                await sender.SendAsync(messages, Stop);
                return true;
            });
        }
        proxy.Faults.Clear();
        await using var receiver = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(receiver, 400);

        Assert.Equal(Samples.Messages(0, 400, bodyBytes: 100).Select(static message => Encoding.ASCII.GetString(message.MessageId.Span)), received.Select(static message => message.MessageId));
        Assert.Equal((3, 2), (resets.Fired, ends.Fired));
    }

    private static async Task<TcpProxy> ProxyAsync(Bench bench)
    {
        var proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, bench.Broker.AmqpPort), TimeProvider.System);
        await proxy.StartAsync(Stop);
        return proxy;
    }

}
