using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.Proxy.Tests;

/// <summary>A proxy in front of an echo server, and clients of it.</summary>
public abstract class ProxyTest : IAsyncLifetime
{
    private readonly List<Socket> _clients = [];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal EchoServer Server { get; } = new();

    protected FakeTimeProvider Time { get; } = new();

    protected TcpProxy Proxy { get; private set; } = null!;

    protected virtual TcpProxyOptions Options { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Proxy = new TcpProxy(Server.EndPoint, Time, Options);
        await Proxy.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _clients.Add(client);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Proxy.Port), Stop);
        return client;
    }

    protected static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    protected static async Task SendAsync(Socket client, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await client.SendAsync(bytes.AsMemory(sent), Stop);
    }

    protected static async Task<byte[]> ReceiveAsync(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await client.ReceiveAsync(bytes.AsMemory(read), Stop);
            if (more == 0) return bytes[..read];
            read += more;
        }
        return bytes;
    }

    /// <summary>There and back, both at once, so that no window fills up.</summary>
    protected static async Task<byte[]> EchoAsync(Socket client, byte[] bytes)
    {
        var receiving = ReceiveAsync(client, bytes.Length);
        await SendAsync(client, bytes);
        return await receiving;
    }

    /// <summary>How the connection ended, seen by the client: true for RST, false for FIN.</summary>
    protected static async Task<bool> WasResetAsync(Socket client)
    {
        try
        {
            var waste = new byte[1024];
            while (await client.ReceiveAsync(waste, Stop) > 0)
            {
            }
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    protected static async Task UntilAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition()) await tick.WaitForNextTickAsync(Stop);
    }
}
