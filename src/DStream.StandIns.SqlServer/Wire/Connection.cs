using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Handshake;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;
using DStream.StandIns.SqlServer.Wire.Responses;
using Microsoft.Extensions.Logging;

namespace DStream.StandIns.SqlServer.Wire;

/// <summary>One accepted socket, from the handshake to its end.</summary>
internal sealed class Connection(
    Socket socket, ISqlEngine engine, SqlServerListenerOptions options, X509Certificate2 certificate, FaultRules rules, TimeProvider time, ILogger logger)
    : IDisposable
{
    private const byte TlsHandshakeRecord = 0x16;
    private readonly CancellationTokenSource _closed = new();
    private RequestLoop? _loop;

    /// <summary>Runs until the connection ends; never throws.</summary>
    public async Task RunAsync()
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        using var packets = new PacketWriter(stream);
        try
        {
            await ServeAsync(new PacketReader(stream), packets);
        }
        catch (ConnectionEndedException e)
        {
            await EndAsync(e.Reset);
        }
        catch (ProtocolException e)
        {
            Log.ProtocolBroken(logger, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
        {
            Log.ConnectionEnded(logger, e.Message);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(logger, e);
        }
        await _closed.CancelAsync();
        socket.Dispose();
        if (_loop is not null) await _loop.Reading;
    }

    public void Dispose() => _closed.Dispose();

    /// <summary>Ends the connection from outside, whatever it does: a server that goes down.</summary>
    public void Drop(bool reset)
    {
        try
        {
            if (reset) socket.LingerState = new LingerOption(true, 0);
            else socket.Shutdown(SocketShutdown.Both);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }

    private async Task ServeAsync(PacketReader reader, PacketWriter packets)
    {
        var faults = new FaultInjector(rules, packets, time);
        LoginResult? login;
        using (var scope = new RequestScope(_closed.Token))
        {
            await faults.StrikeAsync(FaultStage.Connect, "", scope);
            var handshaker = new Handshaker(reader, packets, options, certificate, engine, faults);
            var tlsFirst = await StartsWithTlsAsync();
            if (tlsFirst) await handshaker.StartTlsFirstAsync(_closed.Token);
            login = await handshaker.RunAsync(tlsFirst, scope);
        }
        if (login?.Refusal is { } refusal)
        {
            Log.LoginRefused(logger, login.Login.User, refusal.Number, refusal.Message);
            await EndAsync(reset: false);
        }
        if (login?.Session is { } session) await ServeSessionAsync(session, login.Login, reader, packets, faults);
    }

    private async Task ServeSessionAsync(ISqlSession session, Login7 login, PacketReader reader, PacketWriter packets, FaultInjector faults)
    {
        await using var _ = session;
        Log.LoggedIn(logger, session.Id, login.User, login.Application, session.Database);
        using var writer = new ResponseWriter(packets, login.Features, time);
        _loop = new RequestLoop(reader, new RequestRunner(session, writer, faults, logger), _closed);
        await _loop.RunAsync();
    }

    /// <summary>A FIN leaves only while the other half is still read: closing a socket with unread bytes sends RST.</summary>
    private async Task EndAsync(bool reset)
    {
        try
        {
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                return;
            }
            socket.Shutdown(SocketShutdown.Send);
            if (_loop is not null) await _loop.Reading;
            else await DrainAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.ConnectionEnded(logger, e.Message);
        }
    }

    private async Task DrainAsync()
    {
        var waste = new byte[1024];
        while (await socket.ReceiveAsync(waste, _closed.Token) > 0)
        {
        }
    }

    private async ValueTask<bool> StartsWithTlsAsync()
    {
        var first = new byte[1];
        return await socket.ReceiveAsync(first, SocketFlags.Peek, _closed.Token) == 1 && first[0] == TlsHandshakeRecord;
    }
}
