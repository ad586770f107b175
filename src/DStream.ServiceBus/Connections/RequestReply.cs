using Amqp;

namespace DStream.ServiceBus.Connections;

/// <summary>Reads the status of a reply: <c>$cbs</c> writes status-code, <c>$management</c> statusCode.</summary>
internal static class RequestReply
{
    public static int? StatusOf(Message reply) => (Property(reply, "status-code") ?? Property(reply, "statusCode")) switch
    {
        int status => status,
        uint status => (int)status,
        long status => (int)status,
        short status => status,
        _ => null,
    };

    public static string? DescriptionOf(Message reply) => (Property(reply, "status-description") ?? Property(reply, "statusDescription"))?.ToString();

    public static string? ConditionOf(Message reply) => (Property(reply, "errorCondition") ?? Property(reply, "error-condition"))?.ToString();

    private static object? Property(Message reply, string name) =>
        reply.ApplicationProperties?.Map.TryGetValue(name, out var value) == true ? value : null;
}
