using System.Buffers;
using System.Buffers.Binary;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>
/// Cuts what a response writes into packets as it is written, so that a row is copied once. Every packet but a message's
/// last is exactly the negotiated size: SqlClient relies on it when it reads large values in parts.
/// </summary>
internal sealed class PacketWriter(Stream stream) : IDisposable
{
    private const int InitialBytes = 128 * 1024;
    private const int KeptBytes = 1024 * 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _packetStart;
    private int _position = PacketReader.HeaderBytes;
    private byte _packetId;

    public Stream Stream { get; set; } = stream;
    public short SessionId { get; set; }

    /// <summary>The whole packet, its header included. Changed only between two messages.</summary>
    public int PacketBytes { get; set; } = 4096;

    /// <summary>How many more bytes may leave before the connection is cut; null is no limit. Set by a fault.</summary>
    public long? BytesUntilCut { get; set; }

    public void Write(ReadOnlySpan<byte> data)
    {
        var room = _packetStart + PacketBytes - _position;
        while (data.Length > room)
        {
            data[..room].CopyTo(_buffer.AsSpan(_position));
            data = data[room..];
            ClosePacket(PacketStatus.None, PacketBytes);
            _packetStart += PacketBytes;
            _position = _packetStart + PacketReader.HeaderBytes;
            EnsureRoomForPacket();
            room = PacketBytes - PacketReader.HeaderBytes;
        }
        data.CopyTo(_buffer.AsSpan(_position));
        _position += data.Length;
    }

    /// <summary>Sends the packets that are full. A write is never cancelled: half a packet would end the connection.</summary>
    public async ValueTask FlushFullPacketsAsync()
    {
        if (_packetStart == 0) return;
        await SendAsync(_packetStart);
        var rest = _position - _packetStart;
        _buffer.AsSpan(_packetStart, rest).CopyTo(_buffer);
        (_packetStart, _position) = (0, rest);
        Shrink();
    }

    public async ValueTask EndMessageAsync()
    {
        ClosePacket(PacketStatus.EndOfMessage, _position - _packetStart);
        await SendAsync(_position);
        (_packetStart, _position, _packetId) = (0, PacketReader.HeaderBytes, 0);
        Shrink();
    }

    /// <summary>Sends what there is, its last packet unfinished: what a client sees of a connection that breaks.</summary>
    public async ValueTask SendUnfinishedAsync()
    {
        ClosePacket(PacketStatus.None, PacketBytes);
        await SendAsync(_position);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, []) is { Length: > 0 } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private async ValueTask SendAsync(int count)
    {
        if (BytesUntilCut is { } left && left < count)
        {
            await Stream.WriteAsync(_buffer.AsMemory(0, (int)left), CancellationToken.None);
            await Stream.FlushAsync(CancellationToken.None);
            throw new ConnectionEndedException(reset: false);
        }
        BytesUntilCut -= count;
        await Stream.WriteAsync(_buffer.AsMemory(0, count), CancellationToken.None);
        await Stream.FlushAsync(CancellationToken.None);
    }

    private void ClosePacket(PacketStatus status, int bytes)
    {
        var header = _buffer.AsSpan(_packetStart, PacketReader.HeaderBytes);
        header[0] = (byte)PacketType.TabularResult;
        header[1] = (byte)status;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)bytes);
        BinaryPrimitives.WriteInt16BigEndian(header[4..], SessionId);
        header[6] = ++_packetId;
        header[7] = 0;
    }

    private void EnsureRoomForPacket()
    {
        if (_packetStart + PacketBytes <= _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _packetStart).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Shrink()
    {
        if (_buffer.Length <= KeptBytes || _position > InitialBytes) return;
        var smaller = ArrayPool<byte>.Shared.Rent(InitialBytes);
        _buffer.AsSpan(0, _position).CopyTo(smaller);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = smaller;
    }
}
