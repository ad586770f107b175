using System.Globalization;
using System.Text;
using DStream.Core;
using RabbitMQ.Client;

namespace DStream.RabbitMq;

/// <summary>A message of DStream as properties and headers of AMQP 0-9-1, and back; docs/messages.md has the table.</summary>
internal static class MessageFormat
{
    public const string DeadLetterReason = "DeadLetterReason";
    public const string DeadLetterDescription = "DeadLetterErrorDescription";

    private const string Destination = "Destination";
    private const string Lsn = "LSN";
    private const string OperationType = "OperationType";
    private const string TableName = "TableName";
    private const string SessionId = "SessionId";
    private const string TraceParent = "traceparent";
    private const string Deliveries = "x-delivery-count";

    /// <summary>Of the message's own fields, whichever broker it came from.</summary>
    public static BasicProperties Properties(in OutboundMessage message)
    {
        var headers = new Dictionary<string, object?>(7) { [Lsn] = Encoding.ASCII.GetString(message.Lsn.Span) };
        if (message.SessionId is { } session) headers[SessionId] = session;
        if (message.TraceParent is { } trace) headers[TraceParent] = trace;
        if (message.Headers is { } table)
        {
            headers[Destination] = table.Destination;
            headers[OperationType] = table.OperationType;
            headers[TableName] = table.TableName;
        }

        return new BasicProperties
        {
            MessageId = Encoding.UTF8.GetString(message.MessageId.Span),
            Type = message.Headers?.Subject,
            ContentType = MessageHeaders.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            Headers = headers,
        };
    }

    /// <summary>A message without a destination has no headers: the router dead-letters it.</summary>
    /// <param name="properties">As they were delivered.</param>
    /// <param name="body">The caller's to keep.</param>
    /// <param name="sessionId">What the receiver holds; null where there are no sessions, and then the message's own.</param>
    public static OutboundMessage Read(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, string? sessionId)
    {
        var destination = Text(properties, Destination);
        var headers = destination is null ? null : new MessageHeaders(
            properties.Type ?? "", destination, Text(properties, OperationType) ?? "", Text(properties, TableName) ?? "");
        return new OutboundMessage(
            Encoding.UTF8.GetBytes(properties.MessageId ?? ""), sessionId ?? Text(properties, SessionId), headers,
            Encoding.UTF8.GetBytes(Text(properties, Lsn) ?? ""), Text(properties, TraceParent), body);
    }

    /// <summary>How often it was delivered before. Quorum queues count, from the first return on; others only tell that it was.</summary>
    public static int DeliveryCount(IReadOnlyBasicProperties properties, bool isRedelivered) =>
        properties.Headers is { } headers && headers.TryGetValue(Deliveries, out var count) && count is not null
            ? Convert.ToInt32(count, CultureInfo.InvariantCulture) : isRedelivered ? 1 : 0;

    /// <summary>The text of a header; null where there is none.</summary>
    public static string? Text(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value)
            ? value switch { byte[] bytes => Encoding.UTF8.GetString(bytes), string text => text, _ => null } : null;
}
