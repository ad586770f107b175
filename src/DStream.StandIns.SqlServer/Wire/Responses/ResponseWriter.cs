using DStream.StandIns.SqlServer.Wire.Handshake;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>What all responses of a connection share: the packets, one scratch buffer, and what the client agreed to.</summary>
internal sealed class ResponseWriter(PacketWriter packets, LoginFeatures features, TimeProvider time) : IDisposable
{
    private readonly ByteBuffer _scratch = new();

    public LoginFeatures Features { get; } = features;
    public TimeProvider Time { get; } = time;

    public ByteBuffer Scratch()
    {
        _scratch.Clear();
        return _scratch;
    }

    public void Write(ReadOnlySpan<byte> data) => packets.Write(data);
    public ValueTask FlushFullPacketsAsync() => packets.FlushFullPacketsAsync();
    public ValueTask EndMessageAsync() => packets.EndMessageAsync();
    public ValueTask SendUnfinishedAsync() => packets.SendUnfinishedAsync();
    public void CutAfter(long bytes) => packets.BytesUntilCut = bytes;
    public void Dispose() => _scratch.Dispose();
}
