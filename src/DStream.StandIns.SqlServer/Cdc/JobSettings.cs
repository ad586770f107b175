namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A capture job's row of cdc_jobs. Defaults: sys.sp_cdc_add_job.</summary>
/// <param name="Id">job_id.</param>
/// <param name="MaxTransactions">Transactions in one scan.</param>
/// <param name="MaxScans">Scans in one cycle.</param>
/// <param name="IsContinuous">Runs again and again; else once a start.</param>
/// <param name="PollingInterval">Seconds between cycles.</param>
internal sealed record CaptureJobSettings(Guid Id, int MaxTransactions = 500, int MaxScans = 10, bool IsContinuous = true, long PollingInterval = 5);

/// <summary>A cleanup job's row of cdc_jobs.</summary>
/// <param name="Id">job_id.</param>
/// <param name="Retention">Minutes.</param>
/// <param name="Threshold">Rows that one statement deletes at most.</param>
internal sealed record CleanupJobSettings(Guid Id, long Retention, long Threshold = 5000);
