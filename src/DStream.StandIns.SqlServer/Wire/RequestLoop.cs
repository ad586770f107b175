using System.Threading.Channels;
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
        if (message.Type == PacketType.Attention && _takeAttention())
        {
            message.Dispose();
            return;
        }
        var scope = new RequestScope(closed.Token);
        _takeAttention = scope.TakeAttention;
        _requests.Writer.TryWrite((message, scope));
    }
}
