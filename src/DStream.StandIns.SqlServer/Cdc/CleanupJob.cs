namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// The cleanup job: daily at two in the morning, by the engine's clock ("The cleanup job runs daily at 2 A.M.", Microsoft Learn,
/// "About change data capture"). Guarded by the engine's gate.
/// </summary>
internal sealed class CleanupJob : IDisposable
{
    private static readonly TimeSpan TimeOfDay = TimeSpan.FromHours(2);

    private readonly CdcDatabase _cdc;
    private readonly ITimer _timer;

    public CleanupJob(CdcDatabase cdc)
    {
        _cdc = cdc;
        _timer = cdc.Engine.Time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Its row of cdc_jobs; null before the first table is enabled and after sp_cdc_drop_job.</summary>
    public CleanupJobSettings? Settings { get; private set; }

    public void Set(CleanupJobSettings? settings)
    {
        Settings = settings;
        Arm();
    }

    /// <summary>Cleans up by the job's retention.</summary>
    public void Run()
    {
        if (Settings is { } settings)
        {
            Run(TimeSpan.FromMinutes(settings.Retention), settings.Threshold);
        }
    }

    /// <summary>
    /// The new low end is the first transaction inside the retention, counted from the newest captured one: its "commit time is used
    /// as the base from which retention based cleanup computes a new low water mark".
    /// </summary>
    public void Run(TimeSpan retention, long threshold = long.MaxValue)
    {
        var mapping = _cdc.State.TimeMapping;
        if (mapping.Count == 0)
        {
            return;
        }
        var limit = (DateTime)mapping[mapping.Count - 1][2]! - retention;
        var low = 0;
        while ((DateTime)mapping[low][2]! < limit)
        {
            low++;
        }
        _cdc.CleanUp(Lsn.From((byte[])mapping[low][0]!), static _ => true, threshold);
    }

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        var now = _cdc.Engine.LocalNow();
        var next = now.Date + TimeOfDay;
        _timer.Change(Settings is null ? Timeout.InfiniteTimeSpan : (next > now ? next : next.AddDays(1)) - now, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_cdc.Engine.Gate)
        {
            if (_cdc.Database.Cdc == _cdc)
            {
                Run();
                Arm();
            }
        }
    }
}
