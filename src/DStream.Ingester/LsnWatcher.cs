using System.Collections.Concurrent;
using DStream.Core;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester;

/// <summary>
/// Watches the high end of one database for all its tables: one query an interval while nothing happens, whatever the number of tables.
/// When the high end moves it asks once which of the waiting tables have something to read, and wakes those, whatever their backoff.
/// </summary>
internal sealed class LsnWatcher(IChangeSource source, TimeSpan interval, TimeProvider time, ILogger<LsnWatcher> log) : BackgroundService
{
    private static readonly TimeSpan MaxFailureInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TableWatch, byte> _watches = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Lsn _max;
    private bool _cannotTell;

    /// <summary>The high end as last read; every table is bounded by it.</summary>
    internal Lsn Max
    {
        get
        {
            lock (_gate) return _max;
        }
    }

    /// <summary>Waits until the high end has been read once.</summary>
    internal Task WaitForFirstAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    /// <summary>Registers an owned table.</summary>
    internal void Add(TableWatch watch) => _watches.TryAdd(watch, 0);

    internal void Remove(TableWatch watch) => _watches.TryRemove(watch, out _);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var schedule = new PollingSchedule(interval, interval > MaxFailureInterval ? interval : MaxFailureInterval);
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                if (failures > 0) Log.SourceReachable(log);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (ProviderException problem)
            {
                if (failures++ == 0) Log.SourceUnreachable(log, problem.Message);
            }
            catch (Exception defect)
            {
                failures++;
                Log.WatcherFailed(log, defect);
            }

            var wait = failures == 0 ? schedule.BaseInterval : schedule.AfterFailure(failures, Random.Shared.NextDouble());
            try
            {
                await Task.Delay(wait, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One look at the database.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var max = await source.GetMaxLsnAsync(cancellationToken);
        var previous = Max;
        if (max < previous) Log.MaxLsnWentBack(log, previous, max);
        lock (_gate) _max = max;
        _first.TrySetResult();
        if (max == Lsn.Zero) return;

        var now = time.GetTimestamp();
        var waiting = _watches.Keys
            .Where(watch => watch.NextAskTimestamp <= now)
            .Select(watch => (Watch: watch, Position: watch.WaitingBefore(max)))
            .Where(static entry => entry.Position is not null)
            .ToList();
        if (waiting.Count == 0) return;

        var changed = await FindChangedAsync([.. waiting.Select(static entry => entry.Position!.Value)], max, cancellationToken);
        foreach (var (watch, _) in waiting)
        {
            // Half an interval of tolerance: the watcher's own ticks are not exact.
            watch.NextAskTimestamp = now + (long)((watch.Interval - (interval / 2)).TotalSeconds * time.TimestampFrequency);
            if (changed is null) continue;
            if (changed.Contains(watch.Name)) watch.Wake();
            else watch.SetQuiet(max);
        }
    }

    /// <summary>The tables that have something to read; null where that cannot be told, so that each polls at its own pace.</summary>
    private async Task<IReadOnlySet<TableName>?> FindChangedAsync(
        IReadOnlyCollection<TablePosition> tables, Lsn max, CancellationToken cancellationToken)
    {
        try
        {
            var changed = await source.FindChangedAsync(tables, max, cancellationToken);
            _cannotTell = false;
            return changed;
        }
        catch (ProviderException problem)
        {
            // I7: one table that cannot be asked about must not slow down the watch over the others.
            if (!_cannotTell) Log.ChangedUnknown(log, problem.Message);
            _cannotTell = true;
            return null;
        }
    }
}
