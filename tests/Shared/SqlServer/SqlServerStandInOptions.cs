using DStream.StandIns.SqlServer.Cdc;

namespace DStream.Tests.Shared;

/// <summary>How a stand-in for SQL Server is set up, where the tests run on one.</summary>
public sealed record SqlServerStandInOptions
{
    /// <summary>When changes are captured. By default late, as a real server's agent does.</summary>
    public CaptureSchedule Capture { get; init; } = CaptureSchedule.Every(TimeSpan.FromMilliseconds(10));

    /// <summary>The clock of the wire's faults; the engine keeps the system's.</summary>
    public TimeProvider WireTime { get; init; } = TimeProvider.System;
}
