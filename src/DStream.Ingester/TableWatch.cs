using DStream.Core;

namespace DStream.Ingester;

/// <summary>
/// What the watcher of the database and the worker of one table tell each other: the worker how far it has read and when it waits, the
/// watcher when there is something to read, or that there is nothing up to some LSN.
/// </summary>
internal sealed class TableWatch(TableDescription table, TimeSpan interval, ChangePosition position)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _wake = NewSignal();
    private TablePosition _read = new(table, position);
    private Lsn _quietUpTo;
    private bool _isWaiting;

    /// <summary>How often the watcher may ask about the table: its base interval.</summary>
    internal TimeSpan Interval { get; } = interval;

    internal TableName Name => table.Name;

    /// <summary>When the watcher may ask again, on the clock's timestamps. Only the watcher touches it.</summary>
    internal long NextAskTimestamp { get; set; }

    /// <summary>The table's position if its worker waits for something before that LSN; null where it needs no waking.</summary>
    internal TablePosition? WaitingBefore(Lsn max)
    {
        lock (_gate) return _isWaiting && _read.Position.NextLsn <= max ? _read : null;
    }

    /// <summary>There is something to read: ends the worker's wait.</summary>
    internal void Wake()
    {
        lock (_gate) _wake.TrySetResult();
    }

    /// <summary>
    /// There is nothing between the position that was asked about and this LSN. The question is not put again until the high end moves
    /// past it, however long the worker goes on waiting.
    /// </summary>
    internal void SetQuiet(Lsn upTo)
    {
        var end = ChangePosition.EndOf(upTo);
        lock (_gate)
        {
            if (upTo > _quietUpTo) _quietUpTo = upTo;
            if (end > _read.Position) _read = _read with { Position = end };
        }
    }

    /// <summary>
    /// The position that the worker may take without reading: the end of what the watcher found empty. The worker only ever moves
    /// forward from the position that the watcher asked about, so what was empty after that one is empty after the present one.
    /// </summary>
    internal ChangePosition SkipQuiet(ChangePosition position)
    {
        lock (_gate)
        {
            var end = ChangePosition.EndOf(_quietUpTo);
            return end > position ? end : position;
        }
    }

    /// <summary>
    /// Waits at the position until woken (true) or until the interval is over (false). The watcher goes on asking about the table until
    /// <see cref="EndWait"/>: a wake-up between two waits ends the second one at once.
    /// </summary>
    internal async ValueTask<bool> WaitAsync(ChangePosition position, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        Task wake;
        lock (_gate)
        {
            _read = _read with { Position = position };
            _isWaiting = true;
            wake = _wake.Task;
        }

        try
        {
            await wake.WaitAsync(interval, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The interval is over; a wake-up may have come all the same.
        }

        lock (_gate)
        {
            var isWoken = _wake.Task.IsCompleted;
            if (isWoken) _wake = NewSignal();
            return isWoken;
        }
    }

    /// <summary>The worker reads now and needs no waking.</summary>
    internal void EndWait()
    {
        lock (_gate) _isWaiting = false;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
