namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A row of sys.dm_cdc_log_scan_sessions.</summary>
internal sealed record ScanSession
{
    public required int Id { get; init; }

    public required DateTime Start { get; init; }

    public required DateTime End { get; init; }

    public string Phase { get; init; } = "Done";

    public int Errors { get; init; }

    public Lsn First { get; init; }

    public Lsn Last { get; init; }

    public long Transactions { get; init; }

    public long Commands { get; init; }

    public long LogRecords { get; init; }

    public int SchemaChanges { get; init; }

    public DateTime? LastCommitTime { get; init; }

    /// <summary>Seconds from the last commit to its capture.</summary>
    public int Latency { get; init; }

    public int EmptyScans { get; init; }

    public int FailedSessions { get; init; }
}
