using System.Net;
using System.Net.Sockets;

namespace DStream.StandIns.Proxy.Tests;

/// <summary>Sends back what it reads, until the client finishes; then finishes as well.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ended = new();
    private readonly byte? _greeting;
    private readonly Task _accepting;
    private long _read;
    private bool _isDisposed;

    /// <param name="greeting">Sent first to every client, to tell servers apart.</param>
    public EchoServer(byte? greeting = null)
    {
        _greeting = greeting;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public long Read => Interlocked.Read(ref _read);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true) clients.Add(EchoAsync(await _listener.AcceptAsync(_ended.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task EchoAsync(Socket client)
    {
        using (client)
        {
            try
            {
                if (_greeting is { } greeting) await client.SendAsync(new[] { greeting }, _ended.Token);
                var buffer = new byte[8192];
                while (await client.ReceiveAsync(buffer, _ended.Token) is > 0 and var read)
                {
                    Interlocked.Add(ref _read, read);
                    for (var sent = 0; sent < read;) sent += await client.SendAsync(buffer.AsMemory(sent..read), _ended.Token);
                }
                client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The test ended it.
            }
        }
    }
}
