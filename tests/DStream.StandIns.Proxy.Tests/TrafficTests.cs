namespace DStream.StandIns.Proxy.Tests;

public sealed class TrafficTests : ProxyTest
{
    [Fact]
    public async Task Forward_AsItComes_EchoesAndCounts()
    {
        var client = await ConnectAsync();

        Assert.Equal(Bytes(300_000), await EchoAsync(client, Bytes(300_000)));

        Assert.Equal((300_000, 300_000), (Proxy.ToServer.Bytes, Proxy.ToClient.Bytes));
        Assert.Equal((1, 1), (Proxy.Accepted, Proxy.ConnectionCount));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(1, 500)]
    [InlineData(100_000, 200_000)]
    public async Task Rechunk_AnySize_ChangesNoByte(int min, int max)
    {
        Proxy.ToServer.Rechunk(min, max);
        Proxy.ToClient.Rechunk(min, max);
        var client = await ConnectAsync();

        Assert.Equal(Bytes(20_000), await EchoAsync(client, Bytes(20_000)));
    }

    [Fact]
    public async Task Delay_BeforeEachPiece_WaitsForTheClock()
    {
        Proxy.ToServer.Rechunk(10);
        Proxy.ToServer.Delay(TimeSpan.FromSeconds(1));
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(30));

        for (var pieces = 1; pieces <= 3; pieces++)
        {
            var expected = pieces * 10;
            await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => Server.Read >= expected);
            Assert.Equal(expected, Server.Read);
        }
    }

    [Fact]
    public async Task Limit_BytesASecond_TakeTheirTime()
    {
        Proxy.ToServer.Limit(1000);
        var client = await ConnectAsync();
        var start = Time.GetUtcNow();
        await SendAsync(client, Bytes(5000));

        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(50), () => Server.Read == 5000);

        Assert.True(Time.GetUtcNow() - start >= TimeSpan.FromSeconds(4.9), $"{Time.GetUtcNow() - start}");
    }

    [Fact]
    public async Task Pause_ThenResume_LosesNothing()
    {
        var client = await ConnectAsync();
        await EchoAsync(client, Bytes(1));
        Proxy.ToServer.Pause();

        var echo = EchoAsync(client, Bytes(4_000_000));
        await UntilAsync(() => client.Poll(0, System.Net.Sockets.SelectMode.SelectWrite) is false);
        Assert.Equal(1, Server.Read);
        Proxy.ToServer.Resume();

        Assert.Equal(Bytes(4_000_000), await echo);
    }

    [Fact]
    public async Task Swallow_OneDirection_LeavesTheOtherOpen()
    {
        var client = await ConnectAsync();
        await EchoAsync(client, Bytes(10));
        Proxy.ToClient.Swallow();

        await SendAsync(client, Bytes(100));
        await UntilAsync(() => Server.Read == 110);

        Assert.Equal((110, 10), (Proxy.ToServer.Bytes, Proxy.ToClient.Bytes));
        Assert.Equal(1, Proxy.ConnectionCount);
    }

    [Fact]
    public async Task Finish_OfOneHalf_LeavesTheOther()
    {
        var client = await ConnectAsync();
        await SendAsync(client, Bytes(1000));
        client.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.Equal(Bytes(1000), await ReceiveAsync(client, 1000));

        Assert.False(await WasResetAsync(client));
        await UntilAsync(() => Proxy.ConnectionCount == 0);
    }

    [Fact]
    public void Shape_SameSeed_SamePieces()
    {
        var shape = new TrafficShape { MinPieceBytes = 1, MaxPieceBytes = 400, Jitter = TimeSpan.FromSeconds(1) };

        var (first, second) = (Draw(5), Draw(5));

        Assert.Equal(first, second);
        Assert.NotEqual(first, Draw(6));
        return;

        List<(int, TimeSpan)> Draw(int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, 50).Select(_ => (shape.PieceOf(1000, random), shape.WaitBefore(1, random)))];
        }
    }

    private async Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            Time.Advance(step);
            await tick.WaitForNextTickAsync(Stop);
        }
    }
}
