using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Connected to {Broker}.")]
    public static partial void Connected(ILogger logger, string broker);

    [LoggerMessage(4001, LogLevel.Warning, "The connection to {Broker} was lost: {Reason}. It is opened again on next use.")]
    public static partial void ConnectionLost(ILogger logger, string broker, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "The broker closed the link to {Entity}: {Reason}.")]
    public static partial void LinkClosed(ILogger logger, string entity, string reason);

    [LoggerMessage(4003, LogLevel.Debug, "The token for {Audience} was put; it ends at {ExpiresOn:u}.")]
    public static partial void TokenPut(ILogger logger, string audience, DateTimeOffset expiresOn);

    [LoggerMessage(4004, LogLevel.Warning, "The token for {Audience} could not be renewed; it ends at {ExpiresOn:u}, and is tried again before.")]
    public static partial void TokenRenewalFailed(ILogger logger, Exception exception, string audience, DateTimeOffset expiresOn);

    [LoggerMessage(4005, LogLevel.Warning, "The lock of session {Session} of {Queue} could not be renewed; it ends at {LockedUntil:u}.")]
    public static partial void LockRenewalFailed(ILogger logger, Exception exception, string session, string queue, DateTimeOffset lockedUntil);

    [LoggerMessage(4006, LogLevel.Information, "Created {Kind} {Entity}.")]
    public static partial void Created(ILogger logger, string kind, string entity);

    [LoggerMessage(4007, LogLevel.Warning, "Topic {Topic} exists without duplicate detection, so that what is sent twice arrives twice. It can only be set when the topic is created.")]
    public static partial void TopicWithoutDuplicateDetection(ILogger logger, string topic);

    [LoggerMessage(4008, LogLevel.Debug, "The lock of session {Session} of {Queue} was renewed until {LockedUntil:u}.")]
    public static partial void LockRenewed(ILogger logger, string session, string queue, DateTimeOffset lockedUntil);

    [LoggerMessage(4009, LogLevel.Warning, "{Broker} is not known to detect duplicates: what is sent again because its acknowledgement was lost arrives twice, under the same message id. A message whose address leads to no queue may be accepted and lost.")]
    public static partial void PlainBroker(ILogger logger, string broker);
}
