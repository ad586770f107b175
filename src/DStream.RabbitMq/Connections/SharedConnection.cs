using DStream.Core;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace DStream.RabbitMq.Connections;

/// <summary>
/// One connection of this process for one purpose, opened on first use and again after it was lost. The library's own recovery is off: it would
/// bring channels back with consumers whose unsettled messages were given to others meanwhile. After a failed attempt the next one waits, longer
/// each time. Thread-safe.
/// </summary>
/// <param name="options">Where to.</param>
/// <param name="purpose">As in "to send": shown to people, here and in the broker's list of connections.</param>
/// <param name="time">Clock of the waits.</param>
/// <param name="logger">Told of what comes and goes.</param>
internal sealed class SharedConnection(RabbitMqOptions options, string purpose, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _name = options.ConnectionString.ToString();
    private IConnection? _open;
    private TimeSpan _pause;
    private long _failedAt;
    private bool _disposed;
    private TaskCompletionSource<string> _blocked = NewSignal();

    public RabbitMqOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>Completes, with the broker's reason, while it takes no messages: it lacks memory or disk space.</summary>
    public Task<string> Blocked => Volatile.Read(ref _blocked).Task;

    /// <summary>Opens a channel.</summary>
    /// <exception cref="ProviderException">The broker cannot be reached, or refuses.</exception>
    public async ValueTask<IChannel> OpenChannelAsync(string action, CreateChannelOptions? channelOptions, CancellationToken cancellationToken)
    {
        var connection = await GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await connection.CreateChannelAsync(channelOptions, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            throw RabbitMqErrors.From(action, problem);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<IConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _open) is { IsOpen: true } open) return open;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(RabbitMqBroker));
            if (_open is { IsOpen: true }) return _open;
            await CloseAsync().ConfigureAwait(false);
            var rest = _pause == TimeSpan.Zero ? TimeSpan.Zero : _pause - time.GetElapsedTime(_failedAt);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
            var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
            _pause = TimeSpan.Zero;
            Volatile.Write(ref _open, opened);
            return opened;
        }
        catch (ProviderException)
        {
            _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _failedAt = time.GetTimestamp();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await Factory().CreateConnectionAsync($"DStream, to {purpose}", cancellationToken).ConfigureAwait(false);
            connection.ConnectionShutdownAsync += OnShutdownAsync;
            connection.ConnectionBlockedAsync += OnBlockedAsync;
            connection.ConnectionUnblockedAsync += OnUnblockedAsync;
            Log.Connected(logger, _name, purpose);
            return connection;
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
        {
            throw RabbitMqErrors.From($"Connecting to RabbitMQ {_name}", problem);
        }
    }

    private ConnectionFactory Factory()
    {
        var target = options.ConnectionString;
        return new ConnectionFactory
        {
            HostName = target.Host,
            Port = target.Port,
            VirtualHost = target.VirtualHost,
            UserName = target.User,
            Password = target.Password,
            Ssl = new SslOption(target.Host, enabled: target.UseTls),
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = options.OperationTimeout,
            ContinuationTimeout = options.OperationTimeout,
            HandshakeContinuationTimeout = options.OperationTimeout,
        };
    }

    private async ValueTask CloseAsync()
    {
        if (_open is null) return;
        var closing = _open;
        _open = null;
        SetUnblocked();
        closing.ConnectionShutdownAsync -= OnShutdownAsync;
        try
        {
            await closing.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, CancellationToken.None))
        {
            // It was lost: nothing is left to close.
        }
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        Log.ConnectionLost(logger, _name, purpose, reason.ReplyText);
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs block)
    {
        Log.Blocked(logger, _name, block.Reason);
        Volatile.Read(ref _blocked).TrySetResult(block.Reason);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        Log.Unblocked(logger, _name);
        SetUnblocked();
        return Task.CompletedTask;
    }

    private void SetUnblocked()
    {
        if (Blocked.IsCompleted) Volatile.Write(ref _blocked, NewSignal());
    }

    private static TaskCompletionSource<string> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
