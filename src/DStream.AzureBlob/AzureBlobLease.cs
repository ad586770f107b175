using Azure;
using Azure.Storage.Blobs.Specialized;
using DStream.Core;
using Microsoft.Extensions.Logging;

namespace DStream.AzureBlob;

/// <summary>A blob lease that renews itself at a third of its duration, and is given up a fifth of it before its end (I2).</summary>
internal sealed class AzureBlobLease : ILease
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(5);

    private readonly BlobLeaseClient _client;
    private readonly TimeSpan _duration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _deadline;
    private readonly Task _renewing;
    private long _since;
    private bool _isOver;
    private int _disposed;

    /// <summary>Takes over a lease that was just acquired.</summary>
    /// <param name="name">What is leased.</param>
    /// <param name="client">The blob's lease, with its id.</param>
    /// <param name="duration">How long it lasts from <paramref name="since"/>.</param>
    /// <param name="since">The clock's timestamp before the request was sent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where state changes go.</param>
    public AzureBlobLease(string name, BlobLeaseClient client, TimeSpan duration, long since, TimeProvider time, ILogger logger)
    {
        Name = name;
        Lost = _lost.Token;
        _client = client;
        _duration = duration;
        _since = since;
        _time = time;
        _logger = logger;
        _deadline = time.CreateTimer(_ => CheckDeadline(), null, Positive(Remaining), Timeout.InfiniteTimeSpan);
        _renewing = RenewAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public CancellationToken Lost { get; }

    /// <inheritdoc/>
    public bool IsHeld => !Lost.IsCancellationRequested && Remaining > TimeSpan.Zero;

    /// <summary>How long before its end an owner stops: time for what is in flight to end.</summary>
    internal static TimeSpan MarginOf(TimeSpan duration) => duration / 5;

    private TimeSpan Remaining => _duration - MarginOf(_duration) - _time.GetElapsedTime(Interlocked.Read(ref _since));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // I2: whoever still works under the lease stops before it is free.
        End();
        await _stop.CancelAsync();
        await _renewing;
        await _deadline.DisposeAsync();
        await ReleaseAsync();
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        var failed = false;
        while (await WaitAsync(failed ? _duration / 30 : _duration / 3, stop))
        {
            var before = _time.GetTimestamp();
            try
            {
                // An attempt that hangs leaves time for another one.
                using var patience = new CancellationTokenSource(_duration / 6, _time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
                await _client.RenewAsync(cancellationToken: both.Token);
                if (!Extend(before)) return;
                if (failed) Log.RenewalRecovered(_logger, Name);
                failed = false;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (RequestFailedException failure) when (StorageErrors.IsLost(failure))
            {
                if (End()) Log.Lost(_logger, Name, $"{StorageErrors.Describe(failure)}; it was broken, or taken after it had run out");
                return;
            }
            catch (Exception exception) when (StorageErrors.IsVendor(exception) || exception is OperationCanceledException)
            {
                if (!failed) Log.RenewalFailed(_logger, Name, Positive(Remaining), StorageErrors.Describe(exception));
                failed = true;
            }
        }
    }

    /// <summary>Waits; false when renewing is over.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        await Task.Delay(wait, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested && !Lost.IsCancellationRequested;
    }

    /// <summary>Counts the lease from before the request; false where it had been given up meanwhile, for what is over stays over.</summary>
    private bool Extend(long before)
    {
        lock (_lock)
        {
            if (_isOver) return false;
            Interlocked.Exchange(ref _since, before);
            _deadline.Change(Positive(Remaining), Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    private void CheckDeadline()
    {
        lock (_lock)
        {
            if (_isOver) return;
            if (Remaining > TimeSpan.Zero)
            {
                _deadline.Change(Remaining, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        if (End()) Log.Lost(_logger, Name, "it could not be renewed in time");
    }

    /// <summary>Ends the ownership on this side; false where it had ended already.</summary>
    private bool End()
    {
        lock (_lock)
        {
            if (_isOver) return false;
            _isOver = true;
        }

        // Not Cancel: what others registered must not throw into a timer. The token itself is cancelled when this returns.
        _ = _lost.CancelAsync();
        return true;
    }

    private async Task ReleaseAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(ReleasePatience, _time);
            await _client.ReleaseAsync(cancellationToken: patience.Token);
            Log.Released(_logger, Name);
        }
        catch (RequestFailedException failure) when (StorageErrors.IsLost(failure))
        {
            // It is not ours any more, which was to be reached.
        }
        catch (Exception exception) when (StorageErrors.IsVendor(exception) || exception is OperationCanceledException)
        {
            Log.ReleaseFailed(_logger, Name, StorageErrors.Describe(exception));
        }
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
