using System.Net.Sockets;
using DStream.StandIns.Proxy.Faults;

namespace DStream.StandIns.Proxy;

/// <summary>One direction of one connection.</summary>
internal sealed class Pump(Socket from, Socket to, Flow flow, TcpProxy proxy, Random random, int bufferBytes, TimeProvider time)
{
    private readonly Traffic _traffic = proxy.Of(flow);
    private readonly FaultPlaces _places = new(proxy.Faults, flow, random);
    private bool _swallows;

    /// <summary>Runs to the end of what the sender sends; throws where either side breaks or a fault cuts.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        var buffer = new byte[bufferBytes];
        while (true)
        {
            await _traffic.WhileOpenAsync(ended);
            var read = await from.ReceiveAsync(buffer, ended);
            if (read == 0) break;
            await ForwardAsync(buffer.AsMemory(0, read), ended);
        }
        if (!_swallows && !_traffic.Shape.Swallows) Sockets.Finish(to);
    }

    private async Task ForwardAsync(Memory<byte> bytes, CancellationToken ended)
    {
        while (!bytes.IsEmpty)
        {
            var shape = _traffic.Shape;
            if (_swallows || shape.Swallows) return;
            var piece = Math.Min(shape.PieceOf(bytes.Length, random), _places.BytesToNext());
            if (shape.WaitBefore(piece, random) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, ended);
            await _traffic.WhileOpenAsync(ended);
            for (var sent = 0; sent < piece;) sent += await to.SendAsync(bytes[sent..piece], ended);
            bytes = bytes[piece..];
            _traffic.Count(piece);
            if (_places.Pass(piece) is { } fault) await StrikeAsync(fault, ended);
        }
    }

    private async Task StrikeAsync(ProxyFaultKind fault, CancellationToken ended)
    {
        switch (fault)
        {
            case ProxyFaultKind.CloseFin: throw new CutException(reset: false);
            case ProxyFaultKind.CloseRst: throw new CutException(reset: true);
            case ProxyFaultKind.Swallow or ProxyFaultKind.NeverAnswer: _swallows = true; break;
            case ProxyFaultKind.StopReading: await Task.Delay(Timeout.InfiniteTimeSpan, time, ended); break;
        }
    }
}
