using System.Collections.Immutable;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// The capture job: takes committed transactions in cycles, follows the engine's clock, and adds an entry without a transaction to
/// the time mapping where nothing happened for a while. Guarded by the engine's gate.
/// </summary>
internal sealed class CaptureJob : IDisposable
{
    private const long DefaultPolling = 5;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMinutes(5);

    private readonly Queue<CommittedTransaction> _waiting = new();
    private readonly CdcDatabase _cdc;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly ITimer _heartbeat;
    private CaptureFault? _fault;
    private DateTime _lastMapping;
    private bool _isArmed;

    public CaptureJob(CdcDatabase cdc)
    {
        _cdc = cdc;
        Schedule = cdc.Engine.Options.Capture;
        _lastMapping = cdc.Engine.UtcNow();
        _random = cdc.Engine.Options.Seed is { } seed ? new Random(seed) : new Random();
        _timer = cdc.Engine.Time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _heartbeat = cdc.Engine.Time.CreateTimer(_ => OnHeartbeat(), null, HeartbeatInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Its row of cdc_jobs; null before the first table is enabled and after sp_cdc_drop_job.</summary>
    public CaptureJobSettings? Settings { get; private set; }

    /// <summary>When it runs. The engine's option, until sp_cdc_change_job and a restart of the job say otherwise.</summary>
    public CaptureSchedule Schedule { get; private set; }

    /// <summary>The job is stopped: commits wait for it.</summary>
    public bool IsPaused { get; private set; }

    public bool IsRunning => Settings is not null && !IsPaused && _cdc.Database.Cdc == _cdc;

    /// <summary>Scans by itself, so that another scan is refused (22903).</summary>
    public bool IsScanning => IsRunning && Schedule.Mode != CaptureMode.Manual;

    public CaptureLog Log { get; } = new();

    /// <summary>What the view of sessions takes for the time between scans.</summary>
    public TimeSpan? Polling => !IsScanning ? null
        : Schedule.Mode == CaptureMode.Interval && Schedule.Delay > TimeSpan.Zero ? Schedule.Delay + (Schedule.MaximumLag / 2) : TimeSpan.FromSeconds(Settings!.PollingInterval);

    public void Set(CaptureJobSettings? settings)
    {
        Settings = settings;
        Arm();
    }

    public void SetSchedule(CaptureSchedule schedule)
    {
        Schedule = schedule;
        Arm();
    }

    public void Pause()
    {
        Log.Stop(_cdc.Engine.LocalNow(), Polling);
        IsPaused = true;
    }

    public void Resume(bool stayPaused = false)
    {
        IsPaused = stayPaused;
        _heartbeat.Change(HeartbeatInterval, Timeout.InfiniteTimeSpan);
        Arm();
    }

    /// <summary>Starts the stopped job with what its row says: another polling interval than the default one replaces the engine's schedule.</summary>
    public void Start(CaptureJobSettings settings)
    {
        if (settings.PollingInterval != DefaultPolling)
        {
            Schedule = CaptureSchedule.Every(TimeSpan.FromSeconds(settings.PollingInterval), TimeSpan.Zero);
        }
        Resume();
    }

    /// <summary>Makes scans fail, or ends that (null).</summary>
    public void Fail(CaptureFault? fault)
    {
        _fault = fault;
        Arm();
    }

    public void Enqueue(CommittedTransaction transaction)
    {
        _waiting.Enqueue(transaction);
        Arm();
    }

    /// <summary>Scans until nothing waits. Returns how many transactions it took.</summary>
    public int RunAll()
    {
        if (_waiting.Count == 0)
        {
            AddHeartbeat();
        }
        var taken = 0;
        while (_waiting.Count > 0 && TryScan(Settings?.MaxTransactions ?? 500) is { } count)
        {
            taken += count;
        }
        return taken;
    }

    /// <summary>One cycle: so many scans of so many transactions at most (sys.sp_cdc_scan).</summary>
    public void RunCycle(int maxTransactions, int maxScans)
    {
        for (var i = 0; i < maxScans && _waiting.Count > 0 && TryScan(maxTransactions) is not null; i++)
        {
        }
    }

    public CaptureSnapshot Save() => new(Settings, [.. _waiting]);

    public void Load(CaptureSnapshot snapshot)
    {
        _waiting.Clear();
        foreach (var transaction in snapshot.Waiting)
        {
            _waiting.Enqueue(transaction);
        }
        Set(snapshot.Settings);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _heartbeat.Dispose();
    }

    /// <summary>Takes up to so many transactions; null where the scan failed.</summary>
    private int? TryScan(int limit)
    {
        if (_fault is { } fault)
        {
            Log.Failed(_cdc.Engine.LocalNow(), fault, _waiting.Peek());
            _fault = fault.Scans > 1 ? fault with { Scans = fault.Scans == int.MaxValue ? int.MaxValue : fault.Scans - 1 } : null;
            return null;
        }
        var scan = new LogScan(_cdc);
        var count = 0;
        while (count < limit && _waiting.TryDequeue(out var transaction))
        {
            scan.Add(transaction);
            count++;
        }
        Log.Scanned(scan.Publish(_cdc.Engine.LocalNow()));
        _lastMapping = _cdc.Engine.UtcNow();
        return count;
    }

    private void Arm()
    {
        if (!IsRunning || _waiting.Count == 0)
        {
            return;
        }
        if (Schedule.Mode == CaptureMode.AtCommit)
        {
            // A scan that failed is tried again with the next commit.
            RunCycle(Settings!.MaxTransactions, int.MaxValue);
        }
        else if (Schedule.Mode == CaptureMode.Interval && !_isArmed)
        {
            _isArmed = true;
            _timer.Change(Schedule.Delay + (Schedule.MaximumLag * _random.NextDouble()), Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        lock (_cdc.Engine.Gate)
        {
            _isArmed = false;
            if (!IsRunning || Schedule.Mode != CaptureMode.Interval)
            {
                return;
            }
            RunCycle(Settings!.MaxTransactions, Settings.MaxScans);
            if (!Settings.IsContinuous)
            {
                Pause();
            }
            Arm();
        }
    }

    private void OnHeartbeat()
    {
        lock (_cdc.Engine.Gate)
        {
            if (IsScanning && _waiting.Count == 0)
            {
                AddHeartbeat();
            }
            if (_cdc.Database.Cdc == _cdc)
            {
                var left = _lastMapping + HeartbeatInterval - _cdc.Engine.UtcNow();
                _heartbeat.Change(left > TimeSpan.Zero ? left : HeartbeatInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    // "Entries may also be logged for which there are no change tables entries. This allows the table to record the completion of LSN
    // processing in periods of low or no change activity" (Microsoft Learn, "cdc.lsn_time_mapping").
    private void AddHeartbeat()
    {
        if (Settings is not null && _cdc.Engine.UtcNow() - _lastMapping >= HeartbeatInterval)
        {
            var (lsn, now) = (_cdc.Database.Log.Commit(), _cdc.Engine.LocalNow());
            Enqueue(new CommittedTransaction(lsn, lsn, now, now, [], []));
        }
    }
}

/// <summary>A capture job and the log that it has not read, for a backup.</summary>
internal sealed record CaptureSnapshot(CaptureJobSettings? Settings, ImmutableArray<CommittedTransaction> Waiting);
