using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire;
using DStream.StandIns.SqlServer.Wire.Handshake;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.StandIns.SqlServer;

/// <summary>
/// Serves TDS 7.4 (and 8.0) on 127.0.0.1 in front of an engine. Can be stopped and started again on the same port, with the
/// engine's data as they were: a server that restarts.
/// </summary>
public sealed class SqlServerListener(ISqlEngine engine, TimeProvider time, SqlServerListenerOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly X509Certificate2 _certificate = ServerCertificate.Create();
    private readonly ILogger _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SqlServerListener>();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>The faults to inject; rules may be armed at any time.</summary>
    public FaultRules Faults { get; } = new();

    /// <summary>The port it listens on; once started it stays the same over restarts.</summary>
    public int Port { get; private set; } = options.Port;

    public int ConnectionCount => _connections.Count;

    /// <summary>The certificate of TLS connections, in DER: what ServerCertificate of a connection string with Encrypt=Strict points to.</summary>
    public ReadOnlyMemory<byte> Certificate => _certificate.RawData;

    /// <summary>Begins (again) to accept connections.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_listener is not null) throw new InvalidOperationException($"The listener runs already, on port {Port}.");
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
        Log.Listening(_logger, Port);
        return Task.CompletedTask;
    }

    /// <summary>New connections are refused by the operating system from now on; open ones live on.</summary>
    public async Task StopAcceptingAsync()
    {
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        await _accepting;
    }

    /// <summary>Ends all open connections, with RST or else with FIN, and waits until their sessions are closed.</summary>
    public async Task DropConnectionsAsync(bool reset = true)
    {
        var open = _connections.ToArray();
        foreach (var (connection, _) in open) connection.Drop(reset);
        await Task.WhenAll(open.Select(pair => pair.Value));
    }

    /// <summary>An ADO.NET connection string for this listener.</summary>
    public string ConnectionString(string database, string user = "sa", string password = "DStream-dev-1") =>
        $"Server=127.0.0.1,{Port};Database={Quote(database)};User ID={Quote(user)};Password={Quote(password)};TrustServerCertificate=True;"
        + (options.Encryption == SqlEncryption.Required ? "Encrypt=Mandatory" : "Encrypt=Optional");

    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        await DropConnectionsAsync();
        _certificate.Dispose();
    }

    private static string Quote(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(CancellationToken.None);
                socket.NoDelay = true;
                Serve(socket);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The listening socket was closed.
        }
    }

    private void Serve(Socket socket)
    {
        var connection = new Connection(socket, engine, options, _certificate, Faults, time, _logger);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        _ = RunAsync(connection, ended);
    }

    private async Task RunAsync(Connection connection, TaskCompletionSource ended)
    {
        using (connection) await connection.RunAsync();
        _connections.TryRemove(connection, out _);
        ended.SetResult();
    }
}
