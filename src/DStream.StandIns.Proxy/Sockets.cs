using System.Net.Sockets;

namespace DStream.StandIns.Proxy;

/// <summary>Ends of sockets; never throws, since the other side may have been faster.</summary>
internal static class Sockets
{
    /// <summary>RST: a socket that lingers for no time at all discards what it holds and tells so.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
        socket.Dispose();
    }

    /// <summary>FIN: the other side reads to its end, and may still write.</summary>
    public static void Finish(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The same.
        }
    }
}
