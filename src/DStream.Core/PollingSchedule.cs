namespace DStream.Core;

/// <summary>
/// When a table is polled next: after changes at the base interval, while idle at twice the last interval up to the maximum, after failures
/// at an interval that doubles with each, with jitter, so that many tables do not come back at once. Pure.
/// </summary>
/// <param name="BaseInterval">Shortest wait.</param>
/// <param name="MaxInterval">Longest wait.</param>
public readonly record struct PollingSchedule(TimeSpan BaseInterval, TimeSpan MaxInterval)
{
    /// <summary>Wait after a poll that found changes.</summary>
    public TimeSpan AfterChanges => BaseInterval;

    /// <summary>Wait after a poll that found nothing.</summary>
    /// <param name="previous">The wait before that poll.</param>
    public TimeSpan AfterIdle(TimeSpan previous) => Clamp(previous.Ticks * 2.0);

    /// <summary>Wait after a failure: between half and all of the doubled interval.</summary>
    /// <param name="failures">Failures in a row, at least 1.</param>
    /// <param name="random">Jitter, from 0 up to but not including 1.</param>
    public TimeSpan AfterFailure(int failures, double random)
    {
        var doubled = Clamp(BaseInterval.Ticks * Math.Pow(2, Math.Min(failures, 62)));
        return doubled * (0.5 + (random / 2));
    }

    private TimeSpan Clamp(double ticks) =>
        ticks >= MaxInterval.Ticks ? MaxInterval : TimeSpan.FromTicks(Math.Max((long)ticks, BaseInterval.Ticks));
}
