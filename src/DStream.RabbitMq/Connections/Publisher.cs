using System.Collections.Concurrent;

namespace DStream.RabbitMq.Connections;

/// <summary>
/// Sends batches over a few channels that all senders share, so that batches of different tables do not wait for each other's confirms.
/// Thread-safe. Two batches one after the other may take different channels: the first is stored before the second begins.
/// </summary>
internal sealed class Publisher(SharedConnection connection) : IAsyncDisposable
{
    private const int MaxChannels = 16;

    private readonly SemaphoreSlim _places = new(MaxChannels);
    private readonly ConcurrentBag<ConfirmedChannel> _idle = [];
    private readonly Lock _gate = new();
    private Task _discarded = Task.CompletedTask;

    /// <inheritdoc cref="ConfirmedChannel.PublishAsync"/>
    public async ValueTask PublishAsync(string action, IReadOnlyList<Publication> batch, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await TakeAsync(action, cancellationToken).ConfigureAwait(false);
            try
            {
                await channel.PublishAsync(action, batch, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (channel.IsUsable) _idle.Add(channel);
                else Discard(channel);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var channel)) Discard(channel);
        Task discarded;
        lock (_gate) discarded = _discarded;
        await discarded.ConfigureAwait(false);
        _places.Dispose();
    }

    /// <summary>Not waited for by a send that failed: a broker that does not answer lets its close wait too.</summary>
    private void Discard(ConfirmedChannel channel)
    {
        var closing = channel.DisposeAsync().AsTask();
        lock (_gate) _discarded = _discarded.IsCompleted ? closing : Task.WhenAll(_discarded, closing);
    }

    private async ValueTask<ConfirmedChannel> TakeAsync(string action, CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var channel))
        {
            if (channel.IsUsable) return channel;
            Discard(channel);
        }

        return await ConfirmedChannel.OpenAsync(connection, action, cancellationToken).ConfigureAwait(false);
    }
}
