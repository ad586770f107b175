using System.Text;
using DStream.RabbitMq.Connections;
using RabbitMQ.Client;

namespace DStream.RabbitMq;

/// <summary>The message in a queue that names a session which may have messages.</summary>
internal static class Announcement
{
    private const string Type = "dstream.session";

    public static Publication Of(string queue, string session) => new(
        "", queue, new BasicProperties { Type = Type, DeliveryMode = DeliveryModes.Persistent }, Encoding.UTF8.GetBytes(session));

    /// <summary>The session; null for a message that is something else.</summary>
    public static string? SessionOf(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        properties.Type == Type && body.Length > 0 ? Encoding.UTF8.GetString(body.Span) : null;
}
