using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>The node <c>entity/$management</c>: requests about messages, sessions and schedules, each with one reply.</summary>
internal sealed class ManagementNode(AmqpServer server)
{
    private const string Prefix = "com.microsoft:";

    public void OnRequest(ConnectionHandler connection, ListenerLink link, RawMessage raw, string node, string path)
    {
        var message = raw.DecodeAll();
        link.DisposeMessage(raw, new Accepted(), settled: true);
        raw.Dispose();
        var reply = new Message { Properties = new Properties(), ApplicationProperties = new ApplicationProperties() };
        if (message.Properties?.GetMessageId() is { } id) reply.Properties.SetCorrelationId(id);
        if (message.ApplicationProperties?["com.microsoft:tracking-id"] is string tracking)
            reply.ApplicationProperties["com.microsoft:tracking-id"] = tracking;

        try
        {
            if (!connection.Claims.Covers(node))
                throw new BrokerException(BrokerError.Unauthorized, "ExpiredToken: No valid token on this connection covers the entity.");

            var body = Answer(connection, message, path);
            reply.ApplicationProperties["statusCode"] = body is null ? 204 : 200;
            reply.ApplicationProperties["statusDescription"] = body is null ? "No Content" : "OK";
            reply.BodySection = new AmqpValue { Value = body ?? new Map() };
        }
        catch (BrokerException refused)
        {
            reply.ApplicationProperties["statusCode"] = AmqpErrors.StatusOf(refused.Error);
            reply.ApplicationProperties["statusDescription"] = refused.Message;
            reply.ApplicationProperties["errorCondition"] = new Symbol(AmqpErrors.ConditionOf(refused.Error));
            reply.BodySection = new AmqpValue { Value = new Map() };
        }

        connection.Replies.Find(node, message.Properties?.ReplyTo, link.Session)?.Send(reply);
    }

    private Map? Answer(ConnectionHandler connection, Message message, string path)
    {
        var properties = message.ApplicationProperties;
        var operation = properties?["operation"] as string ?? "";
        if (message.Body is not Map map) throw new BrokerException(BrokerError.BadRequest, "The body of a request must be a map.");

        // An associated link that is not there (any more) is somebody who does not hold what it asks about.
        var linkName = properties?["associated-link-name"] as string;
        var request = new ManagementRequest(map, connection.FindReceiver(linkName));
        var name = operation.StartsWith(Prefix, StringComparison.Ordinal) ? operation[Prefix.Length..] : operation;
        if (server.Broker.FindSource(path) is { } queue && ManagementOperations.Receiving.TryGetValue(name, out var receiving))
            return receiving(queue, request);

        if (ManagementOperations.Sending.TryGetValue(name, out var sending)) return sending(SinkOf(path), request);

        throw new BrokerException(BrokerError.NotImplemented,
            $"The stand-in does not support the operation '{operation}' on '{path}'.");
    }

    private ManagementSink SinkOf(string path)
    {
        if (server.Broker.FindQueue(path) is { } queue) return new ManagementSink(queue.Schedule, queue.CancelScheduled, server.Settings.MaxMessageBytes);

        throw new BrokerException(BrokerError.NotImplemented, $"The stand-in schedules by request on queues only, not on '{path}'.");
    }
}
