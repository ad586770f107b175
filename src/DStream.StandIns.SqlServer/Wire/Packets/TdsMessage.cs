using System.Buffers;
using DStream.StandIns.SqlServer.Wire.BulkLoad;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>One message from the client, put together from its packets, in pooled memory; of a bulk load one packet.</summary>
internal sealed class TdsMessage(PacketType type, PacketStatus status, byte[] array, int length) : IDisposable
{
    private byte[]? _array = array;

    public PacketType Type { get; } = type;

    /// <summary>The bits of the first packet, plus <see cref="PacketStatus.Ignore"/> where the last one carries it.</summary>
    public PacketStatus Status { get; } = status;

    /// <summary>The packets of a bulk load, which arrive while it runs; null for every other message.</summary>
    public BulkPackets? Packets { get; private init; }

    public ReadOnlyMemory<byte> Body => _array.AsMemory(0, length);

    /// <summary>The bulk load that begins with this packet.</summary>
    public static TdsMessage BulkLoad(TdsMessage first) => new(PacketType.BulkLoad, first.Status, [], 0) { Packets = new BulkPackets(first) };

    public void Dispose()
    {
        Packets?.Dispose();
        if (Interlocked.Exchange(ref _array, null) is { Length: > 0 } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
