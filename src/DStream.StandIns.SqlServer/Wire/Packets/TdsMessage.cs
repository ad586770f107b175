using System.Buffers;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>One message from the client, put together from its packets, in pooled memory.</summary>
internal sealed class TdsMessage(PacketType type, PacketStatus status, byte[] array, int length) : IDisposable
{
    private byte[]? _array = array;

    public PacketType Type { get; } = type;

    /// <summary>The bits of the first packet, plus <see cref="PacketStatus.Ignore"/> where the last one carries it.</summary>
    public PacketStatus Status { get; } = status;

    public ReadOnlyMemory<byte> Body => _array.AsMemory(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { Length: > 0 } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
