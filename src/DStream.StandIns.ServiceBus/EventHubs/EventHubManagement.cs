using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>The node <c>$management</c> of a namespace of event hubs: tells what hubs and partitions are like.</summary>
internal sealed class EventHubManagement(AmqpServer server)
{
    public const string Address = "$management";

    public void OnRequest(ConnectionHandler connection, ListenerLink link, RawMessage raw)
    {
        var request = raw.DecodeAll();
        link.DisposeMessage(raw, new Accepted(), settled: true);
        raw.Dispose();
        var reply = new Message { Properties = new Properties(), ApplicationProperties = new ApplicationProperties() };
        if (request.Properties?.GetMessageId() is { } id) reply.Properties.SetCorrelationId(id);
        try
        {
            reply.BodySection = new AmqpValue { Value = Answer(connection, request.ApplicationProperties) };
            reply.ApplicationProperties["status-code"] = 200;
            reply.ApplicationProperties["status-description"] = "OK";
        }
        catch (BrokerException refused)
        {
            reply.BodySection = new AmqpValue { Value = new Map() };
            reply.ApplicationProperties["status-code"] = AmqpErrors.StatusOf(refused.Error);
            reply.ApplicationProperties["status-description"] = refused.Message;
            reply.ApplicationProperties["error-condition"] = new Symbol(AmqpErrors.ConditionOf(refused.Error));
        }

        connection.Replies.Find(Address, request.Properties?.ReplyTo, link.Session)?.Send(reply);
    }

    private Map Answer(ConnectionHandler connection, ApplicationProperties? properties)
    {
        if (properties?["operation"] as string != "READ" || properties["name"] is not string name)
            throw new BrokerException(BrokerError.NotImplemented, "The node $management knows only the operation READ of a named event hub.");

        if (!Covers(connection, properties["security_token"] as string, $"{name}/{Address}"))
            throw new BrokerException(BrokerError.Unauthorized, $"Unauthorized access. No token on this connection or in the request covers '{name}'.");

        var hub = server.EventHubs.Find(name) ?? throw MessageBroker.NotFound(name);
        return properties["type"] switch
        {
            "com.microsoft:eventhub" => Describe(hub),
            "com.microsoft:partition" => Describe(hub, hub.Partition($"{properties["partition"]}")),
            var type => throw new BrokerException(BrokerError.BadRequest, $"'{type}' is no type that can be read."),
        };
    }

    // The node is not a hub's: some clients put a token for it that covers the hub, and all send one with the request.
    private bool Covers(ConnectionHandler connection, string? token, string path)
    {
        if (connection.Claims.Covers(path, AccessRights.None)) return true;
        if (token is null) return false;
        return token.StartsWith("SharedAccessSignature ", StringComparison.Ordinal) ? server.Settings.Tokens.Check(token).Covers(path, AccessRights.None) : server.Settings.AcceptAnyJwt;
    }

    private static Map Describe(EventHub hub) => new()
    {
        ["name"] = hub.Name,
        ["type"] = "com.microsoft:eventhub",
        ["created_at"] = hub.CreatedAt.UtcDateTime,
        ["partition_count"] = hub.Partitions.Count,
        ["partition_ids"] = hub.Partitions.Select(static partition => partition.Id).ToArray(),
        ["georeplication_factor"] = 1,
    };

    private static Map Describe(EventHub hub, EventHubPartition partition)
    {
        var last = partition.Last;
        var isEmpty = partition.Events.Count == 0;
        return new Map
        {
            ["name"] = hub.Name,
            ["type"] = "com.microsoft:partition",
            ["partition"] = partition.Id,
            ["begin_sequence_number"] = isEmpty && last is null ? -1 : partition.BeginSequenceNumber,
            ["last_enqueued_sequence_number"] = last?.SequenceNumber ?? -1,
            ["last_enqueued_offset"] = last is { } newest ? $"{newest.Offset}" : "-1",
            ["last_enqueued_time_utc"] = last?.EnqueuedTime.UtcDateTime ?? DateTime.UnixEpoch,
            ["is_partition_empty"] = isEmpty,
        };
    }
}
