namespace DStream.StandIns.Proxy;

/// <summary>How the bytes of one direction pass, for all connections of a proxy, and how many did. Thread-safe.</summary>
public sealed class Traffic
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _paused;
    private volatile TrafficShape _shape = TrafficShape.None;
    private long _bytes;

    /// <summary>Bytes handed on so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    internal TrafficShape Shape => _shape;

    /// <summary>
    /// In pieces of so many bytes. TCP keeps no boundaries: a reader that is slow may still find several pieces at once, so add a
    /// <see cref="Delay"/> where each must come alone.
    /// </summary>
    public void Rechunk(int bytes) => Rechunk(bytes, bytes);

    /// <summary>In pieces of a random size between the two (inclusive).</summary>
    public void Rechunk(int minBytes, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, minBytes);
        Change(shape => shape with { MinPieceBytes = minBytes, MaxPieceBytes = maxBytes });
    }

    /// <summary>Waits before each piece, for this long and a random part of <paramref name="jitter"/>, on the proxy's TimeProvider.</summary>
    public void Delay(TimeSpan delay, TimeSpan jitter = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(jitter, TimeSpan.Zero);
        Change(shape => shape with { Delay = delay, Jitter = jitter });
    }

    /// <summary>No connection passes more than this.</summary>
    public void Limit(long bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecond);
        Change(shape => shape with { BytesPerSecond = bytesPerSecond });
    }

    /// <summary>Everything is read and dropped from now on, silently: half open, as behind a firewall that forgot the connection.</summary>
    public void Swallow() => Change(static shape => shape with { Swallows = true });

    /// <summary>Nothing is read or handed on: the sender's windows fill up (back-pressure). What was read already waits, too.</summary>
    public void Pause()
    {
        lock (_gate) _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        lock (_gate)
        {
            _paused?.SetResult();
            _paused = null;
        }
    }

    /// <summary>As it comes, at once, and resumed.</summary>
    public void Clear()
    {
        Change(static _ => TrafficShape.None);
        Resume();
    }

    internal Task WhileOpenAsync(CancellationToken ended)
    {
        lock (_gate) return _paused is { } paused ? paused.Task.WaitAsync(ended) : Task.CompletedTask;
    }

    internal void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    private void Change(Func<TrafficShape, TrafficShape> change)
    {
        lock (_gate) _shape = change(_shape);
    }
}
