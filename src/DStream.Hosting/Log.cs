namespace DStream.Hosting;

/// <summary>Events 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Critical, "Cannot start: {Problem}")]
    internal static partial void CannotStart(ILogger log, string problem);

    [LoggerMessage(6001, LogLevel.Critical, "Stopped by a defect of DStream")]
    internal static partial void Defect(ILogger log, Exception defect);

    [LoggerMessage(6002, LogLevel.Warning, "Trying to {Step} again, attempt {Attempt} after {DelayMs:0} ms: {Problem}")]
    internal static partial void Retry(ILogger log, string step, int attempt, double delayMs, string? problem);

    [LoggerMessage(6003, LogLevel.Error, "{Worker} did not end in time; what it had in flight is sent again by the next start")]
    internal static partial void NotStopped(ILogger log, string worker);

    [LoggerMessage(6004, LogLevel.Warning, "Connections were not closed in order: {Problem}")]
    internal static partial void NotClosed(ILogger log, string problem);
}
