using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>The node <c>$cbs</c>: takes tokens and remembers what they are good for.</summary>
internal sealed class CbsNode(AmqpServer server)
{
    public const string Address = "$cbs";

    private static readonly TimeSpan JwtLifetime = TimeSpan.FromHours(1);

    public void OnRequest(ConnectionHandler connection, ListenerLink link, RawMessage raw)
    {
        var request = raw.DecodeAll();
        link.DisposeMessage(raw, new Accepted(), settled: true);
        raw.Dispose();
        var (status, description) = Answer(connection, request);
        var reply = new Message
        {
            Properties = new Properties(),
            ApplicationProperties = new ApplicationProperties(),
            BodySection = new AmqpValue { Value = new Map() },
        };
        if (request.Properties?.GetMessageId() is { } id) reply.Properties.SetCorrelationId(id);
        reply.ApplicationProperties["status-code"] = status;
        reply.ApplicationProperties["status-description"] = description;
        if (status == 401) reply.ApplicationProperties["error-condition"] = new Symbol(AmqpErrors.Unauthorized);
        connection.Replies.Find(Address, request.Properties?.ReplyTo, link.Session)?.Send(reply);
    }

    private (int Status, string Description) Answer(ConnectionHandler connection, Message request)
    {
        var properties = request.ApplicationProperties;
        if (properties?["operation"] as string != "put-token") return (400, "The operation is not supported: only put-token is.");
        if (properties["name"] is not string audience) return (400, "The application property 'name' is missing.");
        if (request.Body is not string token) return (400, "The body is no string.");

        try
        {
            if (server.Faults.Take(FaultKind.RefuseToken, null) is not null)
                throw new BrokerException(BrokerError.Unauthorized, "InvalidSignature: The token has an invalid signature.");

            connection.Claims.Put(audience, Check(properties["type"] as string, token, audience));
            return (202, "Accepted");
        }
        catch (BrokerException refused)
        {
            return (401, refused.Message);
        }
    }

    private Claim Check(string? type, string token, string audience)
    {
        var settings = server.Settings;
        switch (type)
        {
            case "servicebus.windows.net:sastoken":
                return settings.Tokens.Check(token);
            case "jwt" when settings.AcceptAnyJwt:
                return new Claim(EntityPath.FromAddress(audience), settings.Time.GetUtcNow() + JwtLifetime, AccessRights.All);
            case "jwt":
                throw new BrokerException(BrokerError.Unauthorized, "InvalidIssuer: this stand-in takes no jwt tokens unless told to.");
            default:
                throw new BrokerException(BrokerError.Unauthorized, $"UnsupportedTokenType: '{type}'.");
        }
    }
}
