using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DStream.Tests.Shared;

/// <summary>An HTTP proxy that does nothing but CONNECT (RFC 9110, section 9.3.6), and counts whom it was asked for.</summary>
public sealed class ConnectProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string? _credentials;

    /// <summary>Begins to listen; with credentials (<c>user:password</c>) it asks for them.</summary>
    public ConnectProxy(string? credentials = null)
    {
        _credentials = credentials;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public WebProxy Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Host and port of each tunnel, in order.</summary>
    public ConcurrentQueue<string> Tunnels { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var target = new TcpClient();
        try
        {
            var stream = client.GetStream();
            while (await ReadHeadAsync(stream) is { Length: > 0 } head)
            {
                var name = head.Split(' ')[1];
                if (_credentials is not null && !head.Contains(Convert.ToBase64String(Encoding.ASCII.GetBytes(_credentials)), StringComparison.Ordinal))
                {
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    continue;
                }

                Tunnels.Enqueue(name);
                await target.ConnectAsync(IPEndPoint.Parse(name));
                await stream.WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray());
                await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
                return;
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // One of both ends went away.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var piece = new byte[4096];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(piece);
            if (read == 0) return "";
            head.Append(Encoding.ASCII.GetString(piece, 0, read));
        }

        return head.ToString();
    }
}
