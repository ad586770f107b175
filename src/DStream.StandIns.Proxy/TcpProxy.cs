using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DStream.StandIns.Proxy.Faults;

namespace DStream.StandIns.Proxy;

/// <summary>
/// Listens on 127.0.0.1 and forwards to any TCP server, byte for byte, in pieces, late, slowly, or not at all, as told. Everything may be
/// changed at any time, from any thread. Can be stopped and started again on the same port.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly TimeProvider _time;
    private readonly TcpProxyOptions _options;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private EndPoint _target;
    private int _accepted;
    private int _dropped;

    public TcpProxy(EndPoint target, TimeProvider time, TcpProxyOptions? options = null)
    {
        (_target, _time, _options) = (target, time, options ?? new TcpProxyOptions());
        Port = _options.Port;
    }

    /// <summary>Once started it stays the same over restarts.</summary>
    public int Port { get; private set; }

    /// <summary>Where new connections go; open ones keep their server.</summary>
    public EndPoint Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    public Traffic ToServer { get; } = new();

    public Traffic ToClient { get; } = new();

    public ProxyFaults Faults { get; } = new();

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that <see cref="DropConnectionsAsync"/> has ended so far.</summary>
    public int Dropped => Volatile.Read(ref _dropped);

    /// <summary>Begins (again) to accept connections.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_listener is not null) throw new InvalidOperationException($"The proxy runs already, on port {Port}.");
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            listener.Listen(512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _listener = listener;
        _accepting = AcceptAsync(listener);
        return Task.CompletedTask;
    }

    /// <summary>New connections are refused by the operating system from now on; open ones live on.</summary>
    public async Task StopAcceptingAsync()
    {
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        await _accepting;
    }

    /// <summary>Ends all open connections now, on both sides, with RST or else with FIN, and waits until they are gone.</summary>
    public async Task DropConnectionsAsync(bool reset = true)
    {
        var open = _connections.ToArray();
        foreach (var (connection, _) in open) connection.End(reset);
        Interlocked.Add(ref _dropped, open.Length);
        await Task.WhenAll(open.Select(static pair => pair.Value));
    }

    /// <summary>Another server takes over: new connections go there, open ones end.</summary>
    public Task FailOverAsync(EndPoint target, bool reset = true)
    {
        Target = target;
        return DropConnectionsAsync(reset);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        var open = _connections.ToArray();
        foreach (var (connection, _) in open) connection.End(reset: true);
        await Task.WhenAll(open.Select(static pair => pair.Value));
    }

    internal Traffic Of(Flow flow) => flow == Flow.ToServer ? ToServer : ToClient;

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(CancellationToken.None);
                client.NoDelay = true;
                var number = Interlocked.Increment(ref _accepted);
                if (_connections.Count >= _options.MaxConnections) Sockets.Reset(client);
                else Serve(client, number);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The listening socket was closed.
        }
    }

    private void Serve(Socket client, int number)
    {
        var connection = new ProxiedConnection(this, client, unchecked((_options.Seed * 7919) + number), _options.BufferBytes, _time);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        _ = RunAsync(connection, ended);
    }

    private async Task RunAsync(ProxiedConnection connection, TaskCompletionSource ended)
    {
        using (connection) await connection.RunAsync();
        _connections.TryRemove(connection, out _);
        ended.SetResult();
    }
}
