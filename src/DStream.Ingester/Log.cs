using DStream.Core;

namespace DStream.Ingester;

/// <summary>Events 1000 to 1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Ingester starting: {Tables} tables of {Server}/{Database} to queue {Queue}")]
    internal static partial void Starting(ILogger log, int tables, string server, string database, string queue);

    [LoggerMessage(1001, LogLevel.Information, "Ingester stopped")]
    internal static partial void Stopped(ILogger log);

    [LoggerMessage(1002, LogLevel.Information, "Table {Table} owned: capture instance {CaptureInstance}, from {Position}, epoch {Epoch}")]
    internal static partial void Owned(ILogger log, string table, string captureInstance, ChangePosition position, long epoch);

    [LoggerMessage(1003, LogLevel.Information, "Table {Table} released")]
    internal static partial void Released(ILogger log, string table);

    [LoggerMessage(1004, LogLevel.Information, "Table {Table} is owned by another ingester; standing by")]
    internal static partial void Standby(ILogger log, string table);

    [LoggerMessage(1005, LogLevel.Warning, "Table {Table} is no longer owned here: {Reason}")]
    internal static partial void OwnershipLost(ILogger log, string table, string reason);

    [LoggerMessage(1006, LogLevel.Error, "Table {Table} stopped, trying again in {DelaySeconds:0.0} s: {Problem}")]
    internal static partial void TableFailed(ILogger log, string table, double delaySeconds, string problem);

    [LoggerMessage(1007, LogLevel.Error, "Table {Table} stopped by a gap: {Problem}")]
    internal static partial void Gap(ILogger log, string table, string problem);

    [LoggerMessage(1008, LogLevel.Error, "Table {Table} stopped by a defect, trying again in {DelaySeconds:0.0} s")]
    internal static partial void TableDefect(ILogger log, string table, double delaySeconds, Exception defect);

    [LoggerMessage(1009, LogLevel.Warning, "The source cannot be asked for its max LSN; tables wait: {Problem}")]
    internal static partial void SourceUnreachable(ILogger log, string problem);

    [LoggerMessage(1010, LogLevel.Information, "The source answers again")]
    internal static partial void SourceReachable(ILogger log);

    [LoggerMessage(1011, LogLevel.Error, "Watching the max LSN failed")]
    internal static partial void WatcherFailed(ILogger log, Exception defect);

    [LoggerMessage(1012, LogLevel.Warning, "The max LSN went back from {Previous} to {Max}: was the database restored?")]
    internal static partial void MaxLsnWentBack(ILogger log, Lsn previous, Lsn max);

    [LoggerMessage(1013, LogLevel.Warning, "The source cannot tell which tables changed; each is polled at its own pace meanwhile: {Problem}")]
    internal static partial void ChangedUnknown(ILogger log, string problem);
}
