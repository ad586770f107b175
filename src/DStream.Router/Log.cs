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

    [LoggerMessage(2004, LogLevel.Warning, "A session was given back, the next is taken in {DelaySeconds:0.0} s: {Problem}")]
    internal static partial void SessionFailed(ILogger log, double delaySeconds, string problem);

    [LoggerMessage(2005, LogLevel.Error, "A session was given back because of a defect, the next is taken in {DelaySeconds:0.0} s")]
    internal static partial void SessionDefect(ILogger log, double delaySeconds, Exception defect);

    [LoggerMessage(2006, LogLevel.Warning, "Message {MessageId} (sequence number {SequenceNumber}) dead-lettered, {Reason}: {Description}")]
    internal static partial void DeadLettered(ILogger log, string messageId, long sequenceNumber, string reason, string description);
}
