using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// The errors of the procedures about jobs. Numbers and texts: Microsoft Learn, "Database engine events and errors (22000 to 22999)".
/// </summary>
internal static class CdcJobErrors
{
    public static SqlErrorException BadThreshold() => Errors.Of(22850, 16,
        "The threshold value specified for the Change Data Capture cleanup process must be greater than 0. When creating or modifying the cleanup job, specify a positive threshold value. If this error is encountered when executing the sys.sp_cdc_cleanup_change_table stored procedure, reset the threshold value associated with the job to a non-negative value by using the sp_cdc_change_job stored procedure.");

    public static SqlErrorException BadMaxScans() => Errors.Of(22970, 16,
        "The value for parameter @maxscans specified for the Change Data Capture job must be greater than 0.");

    public static SqlErrorException BadPollingInterval() => Errors.Of(22990, 16,
        "The value specified for the parameter @pollinginterval cannot exceed 24 hours or be less than 0. Specify a polling interval (in seconds) that is less than or equal to 24 hours (86,400 seconds).");

    public static SqlErrorException BadMaxTransactions() => Errors.Of(22991, 16, "The value specified for the parameter @maxtrans must be greater than 0.");

    public static SqlErrorException BadJobType(string? type) => Errors.Of(22992, 16,
        $"The specified @job_type, {type}, is not supported. The value specified for the parameter @job_type must be N'capture' to indicate a capture job, or N'cleanup' to indicate a cleanup job.");

    public static SqlErrorException BadRetention() => Errors.Of(22994, 16,
        "The retention value specified for the Change Data Capture cleanup process must be greater than 0 and less than or equal to 52594800. When creating or modifying the cleanup job, specify a retention value (in minutes) that is within that range. If this error is encountered when executing the sys.sp_cdc_cleanup_change_table stored procedure, reset the retention value associated with the job to a non-negative value less than 52594800 by using the sp_cdc_change_job stored procedure.");

    public static SqlErrorException RetentionOfCapture() => Errors.Of(22995, 16,
        "A value for the parameter @retention cannot be specified when the job type is 'capture'. Specify NULL for the parameter, or omit the parameter from the statement.");

    public static SqlErrorException CaptureValuesOfCleanup() => Errors.Of(22996, 16,
        "When adding or modifying the CDC cleanup job, @pollinginterval, @maxtrans, @maxscans, and @continuous may not be assigned non-null values.");

    public static SqlErrorException NoJob(string type) => Errors.Of(22997, 16,
        $"The Change Data Capture '{type}' job does not exist in the system table 'msdb.dbo.cdc_jobs'. Use the stored procedure 'sys.sp_cdc_add_job' to add the Change Data Capture job.");

    public static SqlErrorException PollingOnce() => Errors.Of(22999, 16,
        "The value specified for the parameter @pollinginterval must be null or 0 when the stored procedure 'sys.sp_cdc_scan' is not being run in continuous mode.");

    /// <summary>sp_add_job's own error (from memory, like the two below).</summary>
    public static SqlErrorException JobExists(string name) => Errors.Of(14261, 16, $"The specified @name ('{name}') already exists.");

    public static SqlErrorException JobRuns(string name, string user) => Errors.Of(22022, 16,
        $"SQLServerAgent Error: Request to run job {name} (from User {user}) refused because the job is already running from a request by User {user}.");

    public static SqlErrorException JobStands(string name, string user) => Errors.Of(22022, 16,
        $"SQLServerAgent Error: Request to stop job {name} (from User {user}) refused because the job is not currently running.");
}
