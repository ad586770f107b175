namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>When the capture job moves committed transactions into the change tables.</summary>
public sealed record CaptureSchedule
{
    private CaptureSchedule(CaptureMode mode, TimeSpan delay, TimeSpan lag) => (Mode, Delay, MaximumLag) = (mode, delay, lag);

    /// <summary>Inside the commit. Convenient, and it hides races: the real server never does so.</summary>
    public static CaptureSchedule AtCommit { get; } = new(CaptureMode.AtCommit, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Only when a test calls for it.</summary>
    public static CaptureSchedule Manual { get; } = new(CaptureMode.Manual, TimeSpan.Zero, TimeSpan.Zero);

    public CaptureMode Mode { get; }

    public TimeSpan Delay { get; }

    /// <summary>A random time up to this is added to each delay.</summary>
    public TimeSpan MaximumLag { get; }

    /// <summary>Every <paramref name="delay"/> plus a random lag of up to <paramref name="maximumLag"/> (default: the delay).</summary>
    public static CaptureSchedule Every(TimeSpan delay, TimeSpan? maximumLag = null) => new(CaptureMode.Interval, delay, maximumLag ?? delay);
}
