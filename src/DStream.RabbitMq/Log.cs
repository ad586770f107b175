using Microsoft.Extensions.Logging;

namespace DStream.RabbitMq;

/// <summary>Events 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Information, "Connected to RabbitMQ {Broker} to {Purpose}.")]
    public static partial void Connected(ILogger logger, string broker, string purpose);

    [LoggerMessage(6001, LogLevel.Warning, "The connection to RabbitMQ {Broker} to {Purpose} was lost: {Reason}. It is opened again on next use.")]
    public static partial void ConnectionLost(ILogger logger, string broker, string purpose, string reason);

    [LoggerMessage(6002, LogLevel.Warning, "RabbitMQ {Broker} takes no messages at present: {Reason}. Give it memory or disk space, or let consumers read.")]
    public static partial void Blocked(ILogger logger, string broker, string reason);

    [LoggerMessage(6003, LogLevel.Information, "RabbitMQ {Broker} takes messages again.")]
    public static partial void Unblocked(ILogger logger, string broker);

    [LoggerMessage(6004, LogLevel.Information, "Created {Kind} {Entity}, or found it as it should be.")]
    public static partial void Ensured(ILogger logger, string kind, string entity);

    [LoggerMessage(6005, LogLevel.Debug, "Session {Session} of {Queue} is at work elsewhere; it is looked at again.")]
    public static partial void SessionBusy(ILogger logger, string session, string queue);
}
