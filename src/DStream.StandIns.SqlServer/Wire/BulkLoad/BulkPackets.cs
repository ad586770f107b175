using System.Threading.Channels;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.BulkLoad;

/// <summary>
/// The packets of one bulk load, handed over while the message still arrives. Without a bound: the reader must get past them
/// to see the attention that ends the load, as when it waits for a lock. One writer, one reader.
/// </summary>
internal sealed class BulkPackets : IDisposable
{
    private readonly Channel<TdsMessage> _packets =
        Channel.CreateUnbounded<TdsMessage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private volatile bool _isAbandoned;

    public BulkPackets(TdsMessage first) => Add(first);

    /// <summary>The client gave the load up in the middle of the message.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Takes the packet over.</summary>
    public void Add(TdsMessage packet)
    {
        var (isLast, isGivenUp) = (packet.Status.HasFlag(PacketStatus.EndOfMessage), packet.Status.HasFlag(PacketStatus.Ignore));
        if (isGivenUp) _isAbandoned = true;
        if (!_packets.Writer.TryWrite(packet)) packet.Dispose();
        if (isLast) _packets.Writer.TryComplete();
    }

    public void Abandon()
    {
        _isAbandoned = true;
        _packets.Writer.TryComplete();
    }

    /// <summary>The next packet, which the caller disposes; null at the end of the message.</summary>
    public async ValueTask<TdsMessage?> NextAsync(CancellationToken cancellationToken)
    {
        while (await _packets.Reader.WaitToReadAsync(cancellationToken))
            if (_packets.Reader.TryRead(out var packet)) return packet;
        return null;
    }

    public void Dispose()
    {
        _packets.Writer.TryComplete();
        while (_packets.Reader.TryRead(out var packet)) packet.Dispose();
    }
}
