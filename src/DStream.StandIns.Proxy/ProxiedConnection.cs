using System.Net.Sockets;
using DStream.StandIns.Proxy.Faults;

namespace DStream.StandIns.Proxy;

/// <summary>A client's connection and the one to the server that belongs to it.</summary>
internal sealed class ProxiedConnection(TcpProxy proxy, Socket client, int seed, int bufferBytes, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Runs until both directions have ended; never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ServeAsync();
        }
        catch (CutException cut)
        {
            await EndAsync(cut.Reset);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side broke: the other side is told in the same way.
            await EndAsync(reset: true);
        }
        Sockets.Finish(client);
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>Ends both sides from outside.</summary>
    public void End(bool reset)
    {
        if (reset)
        {
            Sockets.Reset(client);
            Sockets.Reset(_server);
        }
        else
        {
            Sockets.Finish(client);
            Sockets.Finish(_server);
        }
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose() => _ended.Dispose();

    private async Task ServeAsync()
    {
        switch (proxy.Faults.AtConnect())
        {
            case ProxyFaultKind.CloseFin: throw new CutException(reset: false);
            case ProxyFaultKind.CloseRst: throw new CutException(reset: true);
            case ProxyFaultKind.NeverAnswer or ProxyFaultKind.Swallow: await DrainAsync(client); return;
            case ProxyFaultKind.StopReading: await Task.Delay(Timeout.InfiniteTimeSpan, time, _ended.Token); return;
        }
        await _server.ConnectAsync(proxy.Target, _ended.Token);
        var up = new Pump(client, _server, Flow.ToServer, proxy, new Random(seed * 2), bufferBytes, time).RunAsync(_ended.Token);
        var down = new Pump(_server, client, Flow.ToClient, proxy, new Random((seed * 2) + 1), bufferBytes, time).RunAsync(_ended.Token);

        // A direction that ends in order leaves the other one open (FIN is for one half); one that breaks takes it along.
        await await Task.WhenAny(up, down);
        await Task.WhenAll(up, down);
    }

    private async Task EndAsync(bool reset)
    {
        if (reset)
        {
            End(reset: true);
            return;
        }
        Sockets.Finish(client);
        Sockets.Finish(_server);
        try
        {
            // A socket that is closed with unread bytes sends RST, whatever was shut down before.
            await DrainAsync(client);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client is gone.
        }
    }

    private async Task DrainAsync(Socket socket)
    {
        var waste = new byte[4096];
        while (await socket.ReceiveAsync(waste, _ended.Token) > 0)
        {
        }
    }
}
