using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DStream.StandIns.ServiceBus.WebSockets;

/// <summary>
/// Takes AMQP over WebSockets on the loopback address and passes its bytes on to the AMQP port, which knows no difference: same broker, same
/// faults.
/// </summary>
internal sealed class WebSocketGateway(int port, int amqpPort, X509Certificate2? certificate)
{
    // Whether they have reached the AMQP port.
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private TcpListener? _listener;

    public void Start()
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    /// <summary>Stops listening. What reached the AMQP port ends with the goodbye that comes from there, or abruptly without.</summary>
    public void Stop(bool abruptly)
    {
        _listener?.Stop();
        _listener = null;
        foreach (var (client, hasReached) in _clients)
            if (abruptly || !hasReached) client.Close();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        _clients[client] = false;
        try
        {
            client.NoDelay = true;
            await using var stream = await OpenAsync(client);
            using var socket = await WebSocketUpgrade.AcceptAsync(stream);
            if (socket is null) return;

            using var amqp = new TcpClient { NoDelay = true };
            await amqp.ConnectAsync(IPAddress.Loopback, amqpPort);
            _clients[client] = true;
            await RelayAsync(socket, amqp);
        }
        catch (Exception gone) when (IsBroken(gone))
        {
            // One of both ends is gone, and with this the other.
        }
        finally
        {
            _clients.TryRemove(client, out var _);
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (certificate is null) return client.GetStream();

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(certificate);
        return tls;
    }

    private static async Task RelayAsync(WebSocket socket, TcpClient amqp)
    {
        // Disposing it says goodbye where the other end has.
        await using var client = WebSocketStream.Create(socket, WebSocketMessageType.Binary, TimeSpan.FromSeconds(1));
        var broker = amqp.GetStream();
        var endedWell = await await Task.WhenAny(PassAsync(client, broker), PassAsync(broker, client));
        if (!endedWell) socket.Abort(); // Broken on one side, broken on the other.
        amqp.Close();
    }

    private static async Task<bool> PassAsync(Stream from, Stream to)
    {
        try
        {
            await from.CopyToAsync(to);
            return true;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return false;
        }
    }

    private static bool IsBroken(Exception exception) =>
        exception is IOException or SocketException or WebSocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException;
}
