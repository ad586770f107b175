using System.Buffers;
using System.Buffers.Binary;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>Puts messages together from the packets of a stream. One reader at a time.</summary>
internal sealed class PacketReader(Stream stream)
{
    public const int HeaderBytes = 8;
    private readonly byte[] _input = new byte[32 * 1024];
    private int _start;
    private int _end;

    /// <summary>Changed while nothing is buffered: the client waits for an answer whenever encryption begins or ends.</summary>
    public Stream Stream { get; set; } = stream;

    /// <summary>
    /// The next message, or null where the client has closed the connection between two messages. A bulk load, which may be of
    /// any size, comes packet by packet. An attention in the middle of a message takes its place: the client gave it up.
    /// </summary>
    public async ValueTask<TdsMessage?> ReadAsync(CancellationToken stopping)
    {
        byte[] body = [];
        var length = 0;
        var first = default(PacketHeader?);
        while (true)
        {
            if (!await FillAsync(HeaderBytes, stopping))
                return first is null && _end == _start ? null : throw new EndOfStreamException("The client closed the connection in a message.");
            var header = PacketHeader.Parse(_input.AsSpan(_start, HeaderBytes));
            if (header.Type == PacketType.Attention) (first, length) = (header, 0);
            first ??= header;
            _start += HeaderBytes;
            body = Grow(body, length, header.BodyBytes);
            await ReadBodyAsync(body.AsMemory(length, header.BodyBytes), stopping);
            length += header.BodyBytes;
            if (header.Status.HasFlag(PacketStatus.EndOfMessage) || header.Type == PacketType.BulkLoad)
                return new TdsMessage(first.Value.Type, first.Value.Status | (header.Status & (PacketStatus.Ignore | PacketStatus.EndOfMessage)), body, length);
        }
    }

    private static byte[] Grow(byte[] body, int length, int more)
    {
        if (length + more <= body.Length) return body;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, body.Length * 2));
        body.AsSpan(0, length).CopyTo(larger);
        if (body.Length > 0) ArrayPool<byte>.Shared.Return(body);
        return larger;
    }

    private async ValueTask ReadBodyAsync(Memory<byte> target, CancellationToken stopping)
    {
        var buffered = Math.Min(target.Length, _end - _start);
        _input.AsSpan(_start, buffered).CopyTo(target.Span);
        _start += buffered;
        if (buffered < target.Length)
            await Stream.ReadExactlyAsync(target[buffered..], stopping);
    }

    private async ValueTask<bool> FillAsync(int bytes, CancellationToken stopping)
    {
        if (_end - _start >= bytes) return true;
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        while (_end < bytes)
        {
            var read = await Stream.ReadAsync(_input.AsMemory(_end), stopping);
            if (read == 0) return false;
            _end += read;
        }
        return true;
    }

    private readonly record struct PacketHeader(PacketType Type, PacketStatus Status, int BodyBytes)
    {
        public static PacketHeader Parse(ReadOnlySpan<byte> bytes)
        {
            // Told before its length is believed: another protocol's first bytes would announce any length.
            if (!Enum.IsDefined((PacketType)bytes[0])) throw new ProtocolException($"The message type 0x{bytes[0]:X2} is not known.");
            var total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (total < HeaderBytes)
                throw new ProtocolException($"A packet of type 0x{bytes[0]:X2} says that it is {total} bytes long, less than its header.");
            return new PacketHeader((PacketType)bytes[0], (PacketStatus)bytes[1], total - HeaderBytes);
        }
    }
}
