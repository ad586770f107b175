using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>
/// Beneath an SslStream: while the TLS handshake lasts its bytes travel in PRELOGIN packets, afterwards bare.
/// (MS-TDS 3.3.5.2: TLS 1.2 at most, since a session ticket of 1.3 would come after the handshake.)
/// </summary>
internal sealed class PreLoginTlsStream(Stream inner) : Stream
{
    private const int MaxBodyBytes = 4096 - PacketReader.HeaderBytes;
    private readonly byte[] _header = new byte[PacketReader.HeaderBytes];
    private int _leftInPacket;

    public bool HandshakeDone { get; set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HandshakeDone) return await inner.ReadAsync(buffer, cancellationToken);
        if (_leftInPacket == 0)
        {
            await inner.ReadExactlyAsync(_header, cancellationToken);
            if (_header[0] != (byte)PacketType.PreLogin)
                throw new ProtocolException($"A packet of type 0x{_header[0]:X2} in the TLS handshake.");
            _leftInPacket = (_header[2] << 8 | _header[3]) - PacketReader.HeaderBytes;
        }
        var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _leftInPacket)], cancellationToken);
        _leftInPacket -= read;
        return read;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HandshakeDone)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }
        while (!buffer.IsEmpty)
        {
            var body = buffer[..Math.Min(buffer.Length, MaxBodyBytes)];
            buffer = buffer[body.Length..];
            await inner.WriteAsync(Packet(body.Span, last: buffer.IsEmpty), cancellationToken);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private static byte[] Packet(ReadOnlySpan<byte> body, bool last)
    {
        var packet = new byte[PacketReader.HeaderBytes + body.Length];
        packet[0] = (byte)PacketType.PreLogin;
        packet[1] = (byte)(last ? PacketStatus.EndOfMessage : PacketStatus.None);
        packet[2] = (byte)(packet.Length >> 8);
        packet[3] = (byte)packet.Length;
        body.CopyTo(packet.AsSpan(PacketReader.HeaderBytes));
        return packet;
    }
}
