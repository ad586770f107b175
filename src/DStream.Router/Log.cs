namespace DStream.Router;

/// <summary>Events 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Router starting: queue {Queue} to {Topics} topics, {Sessions} sessions at once")]
    internal static partial void Starting(ILogger log, string queue, int topics, int sessions);

    [LoggerMessage(2001, LogLevel.Information, "Router stopped")]
    internal static partial void Stopped(ILogger log);

    [LoggerMessage(2002, LogLevel.Debug, "Session {Session} accepted")]
    internal static partial void SessionAccepted(ILogger log, string? session);

    [LoggerMessage(2003, LogLevel.Error, "A topic cannot be opened; its messages wait in the queue: {Problem}")]
    internal static partial void TopicFailed(ILogger log, string problem);

    [LoggerMessage(2004, LogLevel.Warning, "Session {Session} failed and is tried again in {DelaySeconds:0.0} s: {Problem}")]
    internal static partial void SessionFailed(ILogger log, string? session, double delaySeconds, string problem);

    [LoggerMessage(2005, LogLevel.Error, "Session {Session} failed because of a defect and is tried again in {DelaySeconds:0.0} s")]
    internal static partial void SessionDefect(ILogger log, string? session, double delaySeconds, Exception defect);

    [LoggerMessage(2006, LogLevel.Warning, "Message {MessageId} (sequence number {SequenceNumber}) dead-lettered, {Reason}: {Description}")]
    internal static partial void DeadLettered(ILogger log, string messageId, long sequenceNumber, string reason, string description);

    [LoggerMessage(2007, LogLevel.Warning, "No session can be accepted; it is tried again until one can: {Problem}")]
    internal static partial void QueueFailed(ILogger log, string problem);

    [LoggerMessage(2008, LogLevel.Error, "No session can be accepted because of a defect, the next attempt is in {DelaySeconds:0.0} s")]
    internal static partial void QueueDefect(ILogger log, double delaySeconds, Exception defect);

    [LoggerMessage(2009, LogLevel.Warning, "Session {Session} was not given back in order; it comes free when its lock runs out: {Problem}")]
    internal static partial void SessionNotReturned(ILogger log, string? session, string problem);

    [LoggerMessage(2010, LogLevel.Information, "The ingest queue answers again, after {Seconds:0.0} s")]
    internal static partial void QueueWorks(ILogger log, double seconds);

    [LoggerMessage(2011, LogLevel.Debug, "No session can be accepted, the next attempt is in {DelaySeconds:0.0} s: {Problem}")]
    internal static partial void QueueStillFails(ILogger log, double delaySeconds, string problem);
}
