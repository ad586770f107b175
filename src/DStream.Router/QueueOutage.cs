namespace DStream.Router;

/// <summary>
/// Whether the ingest queue answers, told once for each change although all places find out on their own. Only an attempt that began
/// after a change tells of the next one: what was under way before it says nothing new. Thread-safe.
/// </summary>
internal sealed class QueueOutage(TimeProvider time, ILogger log)
{
    private readonly Lock _gate = new();
    private long _since;
    private int _changes;
    private bool _isOut;

    /// <summary>Before an attempt; what it returns belongs to the attempt's outcome.</summary>
    internal int Begin() => Volatile.Read(ref _changes);

    internal void Works(int begun)
    {
        lock (_gate)
        {
            if (!_isOut || begun != _changes) return;
            Change(isOut: false);
            Log.QueueWorks(log, time.GetElapsedTime(_since).TotalSeconds);
        }
    }

    internal void Fails(int begun, string problem, TimeSpan wait)
    {
        lock (_gate)
        {
            if (_isOut || begun != _changes)
            {
                Log.QueueStillFails(log, wait.TotalSeconds, problem);
                return;
            }

            Change(isOut: true);
            _since = time.GetTimestamp();
            Log.QueueFailed(log, problem);
        }
    }

    private void Change(bool isOut)
    {
        _isOut = isOut;
        _changes++;
    }
}
