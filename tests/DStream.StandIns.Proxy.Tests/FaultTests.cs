using System.Net.Sockets;
using DStream.StandIns.Proxy.Faults;

namespace DStream.StandIns.Proxy.Tests;

public sealed class FaultTests : ProxyTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterBytes_OfTheAnswer_CutsThere(bool reset)
    {
        var point = Proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToClient, 1234));
        var rule = reset ? point.CloseRst() : point.CloseFin();
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(5000));

        Assert.Equal(reset, await WasResetAsync(client));

        Assert.Equal((1, 1234), (rule.Fired, Proxy.ToClient.Bytes));
        client.Dispose();
        await UntilAsync(() => Proxy.ConnectionCount == 0);
    }

    [Fact]
    public async Task AfterBytes_OfTheRequest_LetsTheServerReadThatMuch()
    {
        var rule = Proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToServer, 700)).CloseFin();
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(5000));

        await WasResetAsync(client);
        await UntilAsync(() => Server.Read == 700);

        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task SkipAndTimes_OverConnections_FireAsOftenAsSaid()
    {
        var rule = Proxy.Faults.On(ProxyPoint.Connect).Skip(1).Times(2).CloseRst();
        var outcomes = new List<bool>();

        for (var i = 0; i < 4; i++) outcomes.Add(await ServesAsync());

        Assert.Equal([true, false, false, true], outcomes);
        Assert.Equal((2, 4), (rule.Fired, Proxy.Accepted));
    }

    [Fact]
    public async Task WithinBytes_Always_CutsEveryConnectionSomewhere()
    {
        var rule = Proxy.Faults.On(ProxyPoint.WithinBytes(Flow.ToServer, 10, 1000)).Always().CloseRst();
        var places = new List<long>();

        for (var i = 0; i < 10; i++)
        {
            var before = Proxy.ToServer.Bytes;
            var client = await ConnectAsync();
            await SendAsync(client, Bytes(2000));
            Assert.True(await WasResetAsync(client));
            places.Add(Proxy.ToServer.Bytes - before);
        }

        Assert.Equal(10, rule.Fired);
        Assert.All(places, static place => Assert.InRange(place, 10, 1000));
        Assert.True(places.Distinct().Count() > 3, string.Join(' ', places));
    }

    [Fact]
    public async Task NeverAnswer_AtConnect_ReadsAndIsSilent()
    {
        var rule = Proxy.Faults.On(ProxyPoint.Connect).NeverAnswer();
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(2_000_000));

        await rule.FirstFiring.WaitAsync(Stop);

        Assert.Equal((0, 1), (client.Available, Proxy.ConnectionCount));
        Assert.Equal(0, Server.Read);
    }

    [Fact]
    public async Task Swallow_AfterBytes_IsSilentFromThere()
    {
        var rule = Proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToServer, 100)).Swallow();
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(5000));

        Assert.Equal(Bytes(5000)[..100], await ReceiveAsync(client, 100));
        await rule.FirstFiring.WaitAsync(Stop);

        Assert.Equal((1, 100), (rule.Fired, Server.Read));
    }

    [Fact]
    public async Task StopReading_AfterBytes_FillsTheSendersWindow()
    {
        var rule = Proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToServer, 100)).StopReading();
        var client = await ConnectAsync();
        var sending = SendAsync(client, Bytes(20_000_000));

        await rule.FirstFiring.WaitAsync(Stop);
        await UntilAsync(() => client.Poll(0, SelectMode.SelectWrite) is false);

        Assert.False(sending.IsCompleted);
        await Proxy.DropConnectionsAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => sending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DropConnections_Now_EndsAllAndCounts(bool reset)
    {
        Socket[] clients = [await ConnectAsync(), await ConnectAsync(), await ConnectAsync()];
        foreach (var client in clients) await EchoAsync(client, Bytes(5));

        await Proxy.DropConnectionsAsync(reset);

        foreach (var client in clients) Assert.Equal(reset, await WasResetAsync(client));
        Assert.Equal((3, 0), (Proxy.Dropped, Proxy.ConnectionCount));
    }

    [Fact]
    public async Task StopAccepting_ThenStart_RefusesThenServesOnTheSamePort()
    {
        var port = Proxy.Port;
        await Proxy.StopAcceptingAsync();

        var refused = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        await Proxy.StartAsync(Stop);

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(port, Proxy.Port);
        Assert.Equal(Bytes(10), await EchoAsync(await ConnectAsync(), Bytes(10)));
    }

    [Fact]
    public async Task FailOver_ToAnotherServer_MovesTheClients()
    {
        await using var other = new EchoServer(greeting: 42);
        var before = await ConnectAsync();
        await EchoAsync(before, Bytes(5));

        await Proxy.FailOverAsync(other.EndPoint);

        Assert.True(await WasResetAsync(before));
        Assert.Equal([42], await ReceiveAsync(await ConnectAsync(), 1));
    }

    [Fact]
    public async Task Server_NotThere_EndsTheClient()
    {
        await Server.DisposeAsync();

        Assert.False(await ServesAsync());

        await UntilAsync(() => Proxy.ConnectionCount == 0);
        Assert.Equal(1, Proxy.Accepted);
    }

    [Fact]
    public async Task Clear_DisarmsAndKeepsTheCount()
    {
        var rule = Proxy.Faults.On(ProxyPoint.Connect).Always().CloseRst();
        Assert.False(await ServesAsync());

        Proxy.Faults.Clear();

        Assert.True(await ServesAsync());
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public void NeverAnswer_ForADirection_IsMisuse() =>
        Assert.Throws<InvalidOperationException>(() => Proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToClient, 1)).NeverAnswer());

    // A reset may be there before the client has seen its connection made.
    private async Task<bool> ServesAsync()
    {
        try
        {
            return (await EchoAsync(await ConnectAsync(), Bytes(10))).Length == 10;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
