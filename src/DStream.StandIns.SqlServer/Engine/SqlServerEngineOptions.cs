using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>How a <see cref="SqlServerEngine"/> starts.</summary>
public sealed record SqlServerEngineOptions
{
    /// <summary>@@SERVERNAME and SERVERPROPERTY('ServerName').</summary>
    public string ServerName { get; init; } = "STANDIN";

    /// <summary>The capture job of every database that has CDC enabled. Default: asynchronous, as in the real server.</summary>
    public CaptureSchedule Capture { get; init; } = CaptureSchedule.Every(TimeSpan.FromMilliseconds(20));

    /// <summary>Seeds everything random: capture lag and NEWID(). Null takes an arbitrary one.</summary>
    public int? Seed { get; init; }

    /// <summary>Passwords by login, compared at login; null lets everybody in.</summary>
    public IReadOnlyDictionary<string, string>? Logins { get; init; }

    /// <summary>max text repl size: a larger LOB value makes the source's own DML on a tracked table fail (error 7139). -1 is no limit.</summary>
    public int MaxTextReplBytes { get; init; } = 65536;

    /// <summary>sys.dm_cdc_* and the jobs answer with this retention.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(3);
}
