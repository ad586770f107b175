using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The procedures about jobs: sp_cdc_add_job, _drop_job, _change_job, _help_jobs, _start_job, _stop_job and _scan.</summary>
internal static class CdcJobProcedures
{
    private const string Capture = "capture";
    private const string Cleanup = "cleanup";
    private const long LongestRetention = 52594800;
    private const long LongestPolling = 86400;

    private static readonly string[] Values = ["maxtrans", "maxscans", "continuous", "pollinginterval", "retention", "threshold"];

    public static IReadOnlyList<SqlColumn> JobColumns { get; } =
    [
        new("job_id", SqlTypes.UniqueIdentifier), new("job_type", SqlTypes.NVarChar(20)), new("job_name", SqlTypes.SysName), new("maxtrans", SqlTypes.Int),
        new("maxscans", SqlTypes.Int), new("continuous", SqlTypes.Bit), new("pollinginterval", SqlTypes.BigInt), new("retention", SqlTypes.BigInt), new("threshold", SqlTypes.BigInt),
    ];

    public static void Register(Action<string, string[], Action<CdcCall>> add)
    {
        add("sp_cdc_add_job", ["job_type", "start_job", .. Values, "check_for_logreader"], AddJob);
        add("sp_cdc_change_job", ["job_type", .. Values], ChangeJob);
        add("sp_cdc_drop_job", ["job_type"], DropJob);
        add("sp_cdc_help_jobs", [], static call => call.Result(JobColumns, Rows(call.Cdc)));
        add("sp_cdc_start_job", ["job_type"], StartJob);
        add("sp_cdc_stop_job", ["job_type"], StopJob);
        add("sp_cdc_scan", ["maxtrans", "maxscans", "continuous", "pollinginterval", "is_from_job"], Scan);
    }

    /// <summary>The rows of sp_cdc_help_jobs.</summary>
    public static IEnumerable<object?[]> Rows(CdcDatabase cdc)
    {
        if (cdc.Capture.Settings is { } capture)
        {
            yield return [capture.Id, Capture, Name(cdc, Capture), capture.MaxTransactions, capture.MaxScans, capture.IsContinuous, capture.PollingInterval, 0L, 0L];
        }
        if (cdc.Cleanup.Settings is { } cleanup)
        {
            yield return [cleanup.Id, Cleanup, Name(cdc, Cleanup), 0, 0, false, 0L, cleanup.Retention, cleanup.Threshold];
        }
    }

    private static string Name(CdcDatabase cdc, string type) => $"cdc.{cdc.Database.Name}_{type}";

    private static bool IsCapture(CdcCall call, string? fallback) => (call.Text("job_type") ?? fallback)?.ToLowerInvariant() switch
    {
        Capture => true,
        Cleanup => false,
        var other => throw CdcJobErrors.BadJobType(other),
    };

    private static void AddJob(CdcCall call)
    {
        var cdc = call.Cdc;
        var isCapture = IsCapture(call, null);
        if (isCapture ? cdc.Capture.Settings is not null : cdc.Cleanup.Settings is not null)
        {
            throw CdcJobErrors.JobExists(Name(cdc, isCapture ? Capture : Cleanup));
        }
        Keep(call, cdc);
        if (isCapture)
        {
            cdc.Capture.Set(Changed(call, new CaptureJobSettings(Guid.NewGuid())));
            cdc.Capture.Resume((bool?)call.Get("start_job", SqlTypes.Bit) == false);
        }
        else
        {
            cdc.Cleanup.Set(Changed(call, new CleanupJobSettings(Guid.NewGuid(), (long)call.Engine.Options.Retention.TotalMinutes)));
        }
    }

    // "Changes to a job do not take effect until the job is stopped [...] and restarted." The cleanup job starts anew every day.
    private static void ChangeJob(CdcCall call)
    {
        var cdc = call.Cdc;
        var isCapture = IsCapture(call, Capture);
        Keep(call, cdc);
        if (isCapture)
        {
            cdc.Capture.Set(Changed(call, cdc.Capture.Settings ?? throw CdcJobErrors.NoJob(Capture)));
        }
        else
        {
            cdc.Cleanup.Set(Changed(call, cdc.Cleanup.Settings ?? throw CdcJobErrors.NoJob(Cleanup)));
        }
    }

    private static void DropJob(CdcCall call)
    {
        var cdc = call.Cdc;
        var isCapture = IsCapture(call, null);
        Keep(call, cdc);
        if (isCapture)
        {
            _ = cdc.Capture.Settings ?? throw CdcJobErrors.NoJob(Capture);
            cdc.Capture.Set(null);
        }
        else
        {
            _ = cdc.Cleanup.Settings ?? throw CdcJobErrors.NoJob(Cleanup);
            cdc.Cleanup.Set(null);
        }
    }

    private static void Keep(CdcCall call, CdcDatabase cdc)
    {
        var (capture, cleanup, paused) = (cdc.Capture.Settings, cdc.Cleanup.Settings, cdc.Capture.IsPaused);
        call.Undo(() =>
        {
            cdc.Capture.Set(capture);
            cdc.Capture.Resume(paused);
            cdc.Cleanup.Set(cleanup);
        });
    }

    private static CaptureJobSettings Changed(CdcCall call, CaptureJobSettings job)
    {
        if (call.Get("retention", SqlTypes.BigInt) is not null)
        {
            throw CdcJobErrors.RetentionOfCapture();
        }
        var (transactions, scans, polling) = ((int?)call.Get("maxtrans", SqlTypes.Int), (int?)call.Get("maxscans", SqlTypes.Int), (long?)call.Get("pollinginterval", SqlTypes.BigInt));
        if (transactions <= 0)
        {
            throw CdcJobErrors.BadMaxTransactions();
        }
        if (scans <= 0)
        {
            throw CdcJobErrors.BadMaxScans();
        }
        if (polling is < 0 or > LongestPolling)
        {
            throw CdcJobErrors.BadPollingInterval();
        }
        // "If @continuous is omitted [...] and @pollinginterval is explicitly set to a value greater than 0, @continuous is automatically
        // set to 1"; "if @continuous is changed from 1 to 0, @pollinginterval is automatically set to 0".
        var continuous = (bool?)call.Get("continuous", SqlTypes.Bit) ?? (polling > 0 || job.IsContinuous);
        return job with
        {
            MaxTransactions = transactions ?? job.MaxTransactions,
            MaxScans = scans ?? job.MaxScans,
            IsContinuous = continuous,
            PollingInterval = continuous ? polling ?? job.PollingInterval : 0,
        };
    }

    private static CleanupJobSettings Changed(CdcCall call, CleanupJobSettings job)
    {
        if (Values[..4].Any(value => call.Get(value, SqlTypes.BigInt) is not null))
        {
            throw CdcJobErrors.CaptureValuesOfCleanup();
        }
        var (retention, threshold) = ((long?)call.Get("retention", SqlTypes.BigInt), (long?)call.Get("threshold", SqlTypes.BigInt));
        if (retention is <= 0 or > LongestRetention)
        {
            throw CdcJobErrors.BadRetention();
        }
        if (threshold <= 0)
        {
            throw CdcJobErrors.BadThreshold();
        }
        return job with { Retention = retention ?? job.Retention, Threshold = threshold ?? job.Threshold };
    }

    private static void StartJob(CdcCall call)
    {
        var cdc = call.Cdc;
        if (!IsCapture(call, Capture))
        {
            _ = cdc.Cleanup.Settings ?? throw CdcJobErrors.NoJob(Cleanup);
            cdc.Cleanup.Run();
            return;
        }
        var settings = cdc.Capture.Settings ?? throw CdcJobErrors.NoJob(Capture);
        if (!cdc.Capture.IsPaused)
        {
            throw CdcJobErrors.JobRuns(Name(cdc, Capture), call.Session.Login.User);
        }
        cdc.Capture.Start(settings);
    }

    private static void StopJob(CdcCall call)
    {
        var cdc = call.Cdc;
        var isCapture = IsCapture(call, Capture);
        _ = (isCapture ? cdc.Capture.Settings : (object?)cdc.Cleanup.Settings) ?? throw CdcJobErrors.NoJob(isCapture ? Capture : Cleanup);
        if (!isCapture || cdc.Capture.IsPaused)
        {
            throw CdcJobErrors.JobStands(Name(cdc, isCapture ? Capture : Cleanup), call.Session.Login.User);
        }
        cdc.Capture.Pause();
    }

    private static void Scan(CdcCall call)
    {
        var capture = call.Cdc.Capture;
        var (transactions, scans) = ((int?)call.Get("maxtrans", SqlTypes.Int) ?? 500, (int?)call.Get("maxscans", SqlTypes.Int) ?? 10);
        if (transactions <= 0)
        {
            throw CdcJobErrors.BadMaxTransactions();
        }
        if (scans <= 0)
        {
            throw CdcJobErrors.BadMaxScans();
        }
        if ((bool?)call.Get("continuous", SqlTypes.Bit) == true)
        {
            throw Errors.Unsupported("sp_cdc_scan with @continuous = 1");
        }
        if ((long?)call.Get("pollinginterval", SqlTypes.BigInt) > 0)
        {
            throw CdcJobErrors.PollingOnce();
        }
        if (capture.IsScanning)
        {
            throw CdcErrors.AlreadyScanning(call.Session.Id);
        }
        capture.RunCycle(transactions, scans);
    }
}
