using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>The way from an accepted socket to a session of the engine: PRELOGIN, TLS, LOGIN7.</summary>
internal sealed class Handshaker(
    PacketReader reader, PacketWriter writer, SqlServerListenerOptions options, X509Certificate2 certificate, ISqlEngine engine, FaultInjector faults)
{
    /// <summary>TDS 8.0 (Encrypt=Strict): TLS before everything, and clear of PRELOGIN packets.</summary>
    public async ValueTask StartTlsFirstAsync(CancellationToken closed)
    {
        var tls = new SslStream(reader.Stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [new SslApplicationProtocol("tds/8.0")],
            },
            closed);
        (reader.Stream, writer.Stream) = (tls, tls);
    }

    /// <summary>The session, or null where the client was refused (and told so) or went away.</summary>
    public async ValueTask<LoginResult?> RunAsync(bool tlsFirst, RequestScope scope)
    {
        using var first = await reader.ReadAsync(scope.Attention);
        if (first is null) return null;
        if (first.Type != PacketType.PreLogin) throw new ProtocolException($"A message of type 0x{(byte)first.Type:X2} before PRELOGIN.");
        var preLogin = PreLogin.Parse(first.Body.Span);
        await faults.StrikeAsync(FaultStage.PreLogin, "", scope);
        var (answer, part) = tlsFirst
            ? (preLogin.Encryption, EncryptedPart.Nothing)
            : EncryptionNegotiation.Decide(preLogin.Encryption, options.Encryption);
        await AnswerPreLoginAsync(answer);
        var clear = reader.Stream;
        if (part != EncryptedPart.Nothing) await StartTlsAsync(scope.Attention);
        using var message = await reader.ReadAsync(scope.Attention);
        if (message is null) return null;
        if (message.Type != PacketType.Login7) throw new ProtocolException($"A message of type 0x{(byte)message.Type:X2} where LOGIN7 is due.");
        if (part == EncryptedPart.Login) (reader.Stream, writer.Stream) = (clear, clear);
        var login = Login7.Parse(message.Body.Span);
        return await LogInAsync(login, preLogin.Mars, scope);
    }

    private async ValueTask AnswerPreLoginAsync(Encryption answer)
    {
        using var buffer = new ByteBuffer();
        PreLogin.WriteAnswer(buffer, answer, options.ServerVersion);
        writer.Write(buffer.Written);
        await writer.EndMessageAsync();
    }

    private async ValueTask StartTlsAsync(CancellationToken closed)
    {
        var wrapped = new PreLoginTlsStream(reader.Stream);
        var tls = new SslStream(wrapped, leaveInnerStreamOpen: true);
        // 1.3 sends a session ticket after the handshake, for which PRELOGIN packets have no place.
#pragma warning disable CA5398 // The protocol fixes the version.
        var server = new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 };
#pragma warning restore CA5398
        await tls.AuthenticateAsServerAsync(server, closed);
        wrapped.HandshakeDone = true;
        (reader.Stream, writer.Stream) = (tls, tls);
    }

    private async ValueTask<LoginResult?> LogInAsync(Login7 login, bool mars, RequestScope scope)
    {
        var strike = await faults.StrikeAsync(FaultStage.Login, login.User, scope);
        var packetBytes = Math.Clamp(login.PacketBytes == 0 ? 4096 : login.PacketBytes, 512, options.MaxPacketBytes);
        var database = login.Features.RecoveredDatabase ?? login.Database;
        try
        {
            if (strike.Error is { } injected) throw new SqlErrorException(injected);
            LoginRules.Check(login, mars, options, engine);
            var session = engine.Open(new SqlLogin(login.User, login.Password, database, login.Application, login.Host, packetBytes));
            if (login.Features.RecoveredState is { } state) session.Restore(state);
            if (strike.LosesReply)
            {
                await session.DisposeAsync();
                throw new ConnectionEndedException(reset: true);
            }
            writer.SessionId = session.Id;
            LoginAnswer.Write(writer, session, login.Features, TdsVersions.Answer(login.TdsVersion), options.ServerVersion, packetBytes);
            await writer.EndMessageAsync();
            writer.PacketBytes = packetBytes;
            return new LoginResult(session, login, null);
        }
        catch (SqlErrorException e)
        {
            LoginAnswer.WriteRefusal(writer, e.Error, login);
            await writer.EndMessageAsync();
            return new LoginResult(null, login, e.Error);
        }
    }
}
