using DStream.Core;

namespace DStream.Router;

/// <summary>
/// The sender of one topic. It is made sure of and opened before the first message; where that failed, each use tries again, so that one
/// missing topic holds up only its own messages (I7).
/// </summary>
internal sealed class TopicSender(string topic, string subscription, IMessageSenderFactory senders, ITopicAdministration administration)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private IMessageSender? _sender;

    internal string Topic => topic;

    internal async ValueTask<IMessageSender> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _sender) is { } open) return open;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_sender is not null) return _sender;
            await administration.EnsureTopicAsync(topic, subscription, cancellationToken);
            var sender = await senders.OpenSenderAsync(topic, cancellationToken);
            Volatile.Write(ref _sender, sender);
            return sender;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync();
        _gate.Dispose();
    }
}
