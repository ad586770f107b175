using DStream.Core;
using Microsoft.Extensions.Logging;

namespace DStream.SqlServer;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Table {Table}: reading capture instance {CaptureInstance} in {Order} order, since {Reason}")]
    public static partial void ReadPlan(ILogger logger, TableName table, string captureInstance, string order, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "Table {Table}: the function's order cannot order deferred updates (a changed key, a swap of two keys): "
        + "their deletes and inserts can arrive interleaved. Grant SELECT on the change table to get command order")]
    public static partial void FunctionOrder(ILogger logger, TableName table);

    [LoggerMessage(3002, LogLevel.Information, "Table {Table} has two capture instances: reading {CaptureInstance}, not {Other}")]
    public static partial void TwoInstances(ILogger logger, TableName table, string captureInstance, string other);

    [LoggerMessage(3003, LogLevel.Warning, "{Database}: which tables changed cannot be asked in one query, so each table is polled by itself: {Reason}")]
    public static partial void CannotFindChanged(ILogger logger, string database, string reason);

    [LoggerMessage(3004, LogLevel.Information, "{Database}: created table dstream.checkpoints")]
    public static partial void CheckpointsCreated(ILogger logger, string database);
}
