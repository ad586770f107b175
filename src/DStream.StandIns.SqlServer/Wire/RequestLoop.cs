using System.Threading.Channels;
using DStream.StandIns.SqlServer.Wire.BulkLoad;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;

namespace DStream.StandIns.SqlServer.Wire;

/// <summary>
/// Reads on while a request runs, since an attention or the end of the connection may come at any time. Requests themselves
/// run one after the other.
/// </summary>
internal sealed class RequestLoop(PacketReader reader, RequestRunner runner, CancellationTokenSource closed)
{
    private readonly Channel<(TdsMessage Message, RequestScope Scope)> _requests =
        Channel.CreateUnbounded<(TdsMessage, RequestScope)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private Func<bool> _takeAttention = () => false;
    private BulkPackets? _bulkLoad;

    /// <summary>Ends, never faulted, once nothing more can come from the client.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    public async Task RunAsync()
    {
        Reading = ReadAsync();
        await foreach (var (message, scope) in _requests.Reader.ReadAllAsync(closed.Token))
        {
            using (message)
            using (scope)
                await runner.RunAsync(message, scope);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await reader.ReadAsync(closed.Token) is { } message) Take(message);
            _requests.Writer.TryComplete();
        }
        catch (Exception e)
        {
            _requests.Writer.TryComplete(e);
        }
        // The client is gone: what still runs for it stops.
        await closed.CancelAsync();
    }

    private void Take(TdsMessage message)
    {
        if (message.Type == PacketType.BulkLoad)
        {
            TakeBulkPacket(message);
            return;
        }
        var isTaken = message.Type == PacketType.Attention && _takeAttention();
        // An attention is all that may come before a load's end; it is known to the request before its rows end.
        _bulkLoad?.Abandon();
        _bulkLoad = null;
        if (isTaken) message.Dispose();
        else Enqueue(message);
    }

    private void TakeBulkPacket(TdsMessage packet)
    {
        var isLast = packet.Status.HasFlag(PacketStatus.EndOfMessage);
        if (_bulkLoad is { } running)
        {
            running.Add(packet);
        }
        else
        {
            var load = TdsMessage.BulkLoad(packet);
            _bulkLoad = load.Packets;
            Enqueue(load);
        }
        if (isLast) _bulkLoad = null;
    }

    private void Enqueue(TdsMessage message)
    {
        var scope = new RequestScope(closed.Token);
        _takeAttention = scope.TakeAttention;
        _requests.Writer.TryWrite((message, scope));
    }
}
