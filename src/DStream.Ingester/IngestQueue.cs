using DStream.Core;

namespace DStream.Ingester;

/// <summary>The one sender to the ingest queue that all tables share; the queue is made sure of before it is opened.</summary>
internal sealed class IngestQueue(IMessageSenderFactory senders, IQueueAdministration administration, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private IMessageSender? _sender;

    /// <summary>The sender; opened on the first call, and again by the next one where that failed.</summary>
    internal async ValueTask<IMessageSender> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_sender is not null) return _sender;
            await administration.EnsureQueueAsync(name, cancellationToken);
            return _sender = await senders.OpenSenderAsync(name, cancellationToken);
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
