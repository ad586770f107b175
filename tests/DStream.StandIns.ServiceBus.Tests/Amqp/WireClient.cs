using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace DStream.StandIns.ServiceBus.Tests.Amqp;

/// <summary>A client on the bare AMQP library, to say on the wire exactly what a test wants.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly ServiceBusStandIn _standIn;
    private readonly Connection _connection;
    private readonly Session _session;
    private int _links;

    private WireClient(ServiceBusStandIn standIn, Connection connection)
    {
        _standIn = standIn;
        _connection = connection;
        _session = new Session(connection);
    }

    public Connection Connection => _connection;

    /// <summary>Connects without any token.</summary>
    public static async Task<WireClient> ConnectAsync(ServiceBusStandIn standIn) => new(standIn, await DialAsync(standIn));

    /// <summary>Opens a connection and nothing on it.</summary>
    public static async Task<Connection> DialAsync(ServiceBusStandIn standIn)
    {
        var factory = new ConnectionFactory();
        factory.SASL.Profile = SaslProfile.Anonymous;
        return await factory.CreateAsync(new Address("127.0.0.1", standIn.AmqpPort, null, null, "/", "amqp"));
    }

    /// <summary>Connects with a token for the whole namespace.</summary>
    public static async Task<WireClient> OpenAsync(ServiceBusStandIn standIn)
    {
        var client = await ConnectAsync(standIn);
        Assert.Equal(202, (await client.PutTokenAsync(client.Token())).Status);
        return client;
    }

    public string Token(string entity = "", TimeSpan? life = null, string? key = null, string? name = null)
    {
        var resource = WebUtility.UrlEncode($"sb://127.0.0.1:{_standIn.AmqpPort}/{entity}");
        var expiry = DateTimeOffset.FromUnixTimeSeconds(0).Add(
            TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromMinutes(20)) - DateTimeOffset.UnixEpoch).ToUnixTimeSeconds();
        var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key ?? _standIn.SharedAccessKey), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={WebUtility.UrlEncode(Convert.ToBase64String(signed))}&se={expiry}&skn={name ?? _standIn.SharedAccessKeyName}";
    }

    public async Task<(int Status, string Description)> PutTokenAsync(
        string token, string entity = "", string type = "servicebus.windows.net:sastoken")
    {
        var request = new Message(token) { ApplicationProperties = new ApplicationProperties() };
        request.ApplicationProperties["operation"] = "put-token";
        request.ApplicationProperties["type"] = type;
        request.ApplicationProperties["name"] = $"sb://127.0.0.1:{_standIn.AmqpPort}/{entity}";
        var reply = await RequestAsync("$cbs", request);
        return ((int)reply.ApplicationProperties["status-code"], (string)reply.ApplicationProperties["status-description"]);
    }

    /// <summary>Asks <c>entity/$management</c>.</summary>
    public async Task<(int Status, string? Condition, Map Body)> ManageAsync(string entity, string operation, Map body, string? linkName = null)
    {
        var request = new Message(body) { ApplicationProperties = new ApplicationProperties() };
        request.ApplicationProperties["operation"] = "com.microsoft:" + operation;
        if (linkName is not null) request.ApplicationProperties["associated-link-name"] = linkName;
        var reply = await RequestAsync(entity + "/$management", request);
        return ((int)reply.ApplicationProperties["statusCode"], reply.ApplicationProperties["errorCondition"]?.ToString(), (Map)reply.Body);
    }

    public async Task<SenderLink> SenderAsync(string entity, Action<Attach>? onAttached = null)
    {
        var attached = new TaskCompletionSource<Attach>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attach = new Attach { Target = new Target { Address = entity }, Source = new Source() };
        var link = new SenderLink(_session, NextName(), attach, (_, reply) => attached.TrySetResult(reply));
        var answer = await attached.Task.WaitAsync(Patience);
        if (answer.Target is null) throw await RefusalAsync(link);

        onAttached?.Invoke(answer);
        return link;
    }

    public async Task<ReceiverLink> ReceiverAsync(string entity, bool settled = false, Map? filter = null, Fields? properties = null, Action<Attach>? onAttached = null)
    {
        var attached = new TaskCompletionSource<Attach>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attach = new Attach
        {
            Source = new Source { Address = entity, FilterSet = filter },
            Target = new Target(),
            SndSettleMode = settled ? SenderSettleMode.Settled : SenderSettleMode.Unsettled,
            RcvSettleMode = settled ? ReceiverSettleMode.First : ReceiverSettleMode.Second,
            Properties = properties,
        };
        var link = new ReceiverLink(_session, NextName(), attach, (_, reply) => attached.TrySetResult(reply));
        var answer = await attached.Task.WaitAsync(Patience);
        if (answer.Source is null) throw await RefusalAsync(link);

        onAttached?.Invoke(answer);
        return link;
    }

    public static Map SessionFilter(string? sessionId) => new() { [new Symbol("com.microsoft:session-filter")] = sessionId };

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits until a link or connection is closed and gives the error.</summary>
    public static async Task<Error?> ClosedAsync(AmqpObject something)
    {
        var closed = new TaskCompletionSource<Error?>(TaskCreationOptions.RunContinuationsAsynchronously);
        something.AddClosedCallback((_, error) => closed.TrySetResult(error));
        return await closed.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.CloseAsync();
        }
        catch (AmqpException)
        {
            // The other side closed it first, which is what some tests are about.
        }
    }

    private static async Task<AmqpException> RefusalAsync(Link link) =>
        new(await ClosedAsync(link) ?? new Error(new Symbol("test:no-error")));

    private async Task<Message> RequestAsync(string node, Message request)
    {
        var session = new Session(_connection);
        var replyTo = "replies-" + NextName();
        var sender = new SenderLink(session, NextName(), node);
        var receiver = new ReceiverLink(session, NextName(), new Attach
        {
            Source = new Source { Address = node }, Target = new Target { Address = replyTo },
        }, null);
        request.Properties = new Properties { MessageId = "1", ReplyTo = replyTo };
        await sender.SendAsync(request).WaitAsync(Patience);
        var reply = await receiver.ReceiveAsync(Patience);
        Assert.NotNull(reply);
        receiver.Accept(reply);
        await session.CloseAsync();
        return reply;
    }

    private string NextName() => $"link-{Interlocked.Increment(ref _links)}";
}
