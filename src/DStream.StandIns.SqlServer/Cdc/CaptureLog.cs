namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// What sys.dm_cdc_log_scan_sessions and sys.dm_cdc_errors show: the last 32 sessions, their sum as session 0, and what failed.
/// Source: Microsoft Learn, "sys.dm_cdc_log_scan_sessions" and "sys.dm_cdc_errors".
/// </summary>
internal sealed class CaptureLog
{
    private const int Kept = 32;
    private const int PhaseOfRows = 7;

    private readonly Queue<ScanSession> _sessions = new();
    private readonly List<ScanError> _errors = [];
    private ScanSession? _sum;
    private int _last;

    public IEnumerable<ScanError> Errors => _errors;

    /// <summary>Session 0, then the sessions; while nothing happens the last of them counts the scans that found nothing.</summary>
    /// <param name="now">The server's time.</param>
    /// <param name="polling">The time between scans; null while the job does not run.</param>
    public IEnumerable<ScanSession> Sessions(DateTime now, TimeSpan? polling)
    {
        if (_sum is null)
        {
            return [];
        }
        return [_sum, .. _sessions, .. Idle(now, polling) is { } idle ? new[] { idle } : []];
    }

    /// <summary>The job stops: what it scanned in vain stays on record.</summary>
    public void Stop(DateTime now, TimeSpan? polling)
    {
        if (Idle(now, polling) is { } idle)
        {
            Add(idle);
        }
    }

    public void Scanned(ScanSession scan) => Add(scan with { Id = _last + 1 });

    /// <summary>A scan failed: its session says so, and the errors name the cause and what it made fail.</summary>
    public void Failed(DateTime now, CaptureFault fault, CommittedTransaction? at)
    {
        var begin = at?.Begin ?? Lsn.Zero;
        var sequence = at?.Records.Count > 0 ? at.Records[0].Sequence : Lsn.Zero;
        Add(new ScanSession { Id = _last + 1, Start = now, End = now, Phase = "Last scan", Errors = 2, First = begin, Last = begin, FailedSessions = 1 });
        Note(new ScanError(_last, PhaseOfRows, now, fault.Number, fault.Message, at?.Commit ?? Lsn.Zero, begin, sequence));
        Note(new ScanError(_last, PhaseOfRows, now, 22859,
            "Log Scan process failed in processing log records. Refer to previous errors in the current session to identify the cause and correct any associated problems.",
            at?.Commit ?? Lsn.Zero, begin, sequence));
    }

    private ScanSession? Idle(DateTime now, TimeSpan? polling)
    {
        if (polling is not { } every || every <= TimeSpan.Zero || _sessions.Count == 0)
        {
            return null;
        }
        var newest = _sessions.Last();
        var scans = (int)Math.Min(int.MaxValue, (now - newest.End) / every);
        return scans < 1 ? null : new ScanSession
        {
            Id = _last + 1, Start = newest.End + every, End = newest.End + (every * scans), First = newest.Last, Last = newest.Last, EmptyScans = scans,
        };
    }

    private void Add(ScanSession session)
    {
        _last = session.Id;
        _sessions.Enqueue(session);
        if (_sessions.Count > Kept)
        {
            _sessions.Dequeue();
            _errors.RemoveAll(error => error.Session < _sessions.Peek().Id);
        }
        _sum = _sum is null ? session with { Id = 0, Phase = "Aggregate" } : _sum with
        {
            End = session.End,
            Errors = _sum.Errors + session.Errors,
            First = session.First,
            Last = session.Last,
            Transactions = _sum.Transactions + session.Transactions,
            Commands = _sum.Commands + session.Commands,
            LogRecords = _sum.LogRecords + session.LogRecords,
            SchemaChanges = _sum.SchemaChanges + session.SchemaChanges,
            LastCommitTime = session.LastCommitTime ?? _sum.LastCommitTime,
            Latency = session.Latency > 0 ? session.Latency : _sum.Latency,
            EmptyScans = session.Transactions > 0 ? 0 : _sum.EmptyScans + session.EmptyScans,
            FailedSessions = _sum.FailedSessions + session.FailedSessions,
        };
    }

    private void Note(ScanError error) => _errors.Add(error);
}
