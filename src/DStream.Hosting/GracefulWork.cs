namespace DStream.Hosting;

/// <summary>
/// How a host stops: reading ends at once, what is in flight is finished and saved inside <see cref="Grace"/>, then leases are released.
/// The token of this scope is for the work in flight: cancelled at once when it must be abandoned (the lease is lost), and
/// <see cref="Grace"/> after the request to stop.
/// </summary>
public sealed class GracefulWork : IDisposable
{
    /// <summary>The whole shutdown ends inside this.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long the connections may take to close at the end of it.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long work in flight may go on after the request to stop; the rest is for releasing leases and links.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(12);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Begins the scope.</summary>
    public GracefulWork(TimeProvider time, CancellationToken stopping, CancellationToken abandon)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        Token = _source.Token;
        _stopping = stopping.Register(() => StartTimer(time));
    }

    /// <summary>For the work in flight.</summary>
    public CancellationToken Token { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _source.Dispose();
        }
    }

    private void StartTimer(TimeProvider time)
    {
        lock (_gate)
        {
            if (!_disposed) _timer = time.CreateTimer(_ => Cancel(), null, Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void Cancel()
    {
        lock (_gate)
        {
            if (_disposed) return;
        }

        // Outside the lock: what the token cancels may dispose this scope.
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended meanwhile.
        }
    }
}
