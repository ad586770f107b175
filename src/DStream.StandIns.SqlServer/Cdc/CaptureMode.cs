namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The kinds of <see cref="CaptureSchedule"/>.</summary>
public enum CaptureMode
{
    AtCommit,
    Interval,
    Manual,
}
