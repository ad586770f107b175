namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>What sys.dm_cdc_log_scan_sessions shows: the last scans of the capture job.</summary>
internal sealed class CaptureLog
{
    private const int Kept = 32;

    private readonly Queue<Scan> _scans = new();
    private int _last;

    public IEnumerable<Scan> Scans => _scans;

    public void Add(DateTime time, int transactions, int commands, Lsn lastCommit, DateTime lastCommitTime)
    {
        _scans.Enqueue(new Scan(++_last, time, transactions, commands, lastCommit, lastCommitTime));
        if (_scans.Count > Kept)
        {
            _scans.Dequeue();
        }
    }

    internal sealed record Scan(int Session, DateTime Time, int Transactions, int Commands, Lsn LastCommit, DateTime LastCommitTime);
}
