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
            var body = Answer(connection, message, node, path);
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

    private Map? Answer(ConnectionHandler connection, Message message, string node, string path)
    {
        var properties = message.ApplicationProperties;
        var operation = properties?["operation"] as string ?? "";
        if (message.Body is not Map map) throw new BrokerException(BrokerError.BadRequest, "The body of a request must be a map.");

        var request = new ManagementRequest(map, connection, properties?["associated-link-name"] as string);
        var name = operation.StartsWith(Prefix, StringComparison.Ordinal) ? operation[Prefix.Length..] : operation;
        if (ManagementOperations.Sending.TryGetValue(name, out var sending))
        {
            Admit(AccessRights.Send);
            return sending(SinkOf(path), request);
        }

        Admit(AccessRights.Listen);
        if (ManagementOperations.Receiving.TryGetValue(name, out var receiving) && server.Broker.FindSource(path) is { } queue)
            return receiving(queue, request);

        if (RuleOperations.All.TryGetValue(name, out var rules) && EntityPath.TrySplitSubscription(path, out var topic, out var subscription))
            return rules(server.Broker, topic, subscription, request);

        throw new BrokerException(BrokerError.NotImplemented,
            $"The stand-in does not support the operation '{operation}' on '{path}'.");

        void Admit(AccessRights needed)
        {
            if (!connection.Claims.Covers(node, needed))
                throw new BrokerException(BrokerError.Unauthorized,
                    $"Unauthorized access. '{needed}' claim(s) are required to perform this operation, and no valid token on this connection has them.");

            server.Throttle.Take(1);
        }
    }

    private ManagementSink SinkOf(string path)
    {
        var largest = server.Settings.MaxMessageBytes;
        if (server.Broker.FindQueue(path) is { } queue) return new ManagementSink(queue.Schedule, queue.CancelScheduled, largest);
        if (server.Broker.FindTopic(path) is { } topic) return new ManagementSink(topic.Schedule, topic.CancelScheduled, largest);

        throw new BrokerException(BrokerError.NotAllowed, $"Messages cannot be sent to '{path}'.");
    }
}
