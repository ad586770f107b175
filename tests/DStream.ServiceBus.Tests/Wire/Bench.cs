using Amqp;
using DStream.Core;
using DStream.StandIns.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using ReceivedMessage = DStream.Core.ReceivedMessage;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Tests.Wire;

/// <summary>A stand-in broker and a client of it, on real sockets.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Queue = "ingest-queue";
    public const string Topic = "server.testdb.persons.events";
    public const string Subscription = "sub1";

    private Bench(ServiceBusStandIn broker, ServiceBusOptions options, TimeProvider time)
    {
        Broker = broker;
        Options = options;
        Namespace = new ServiceBusNamespace(options, time, new Logger<ServiceBusNamespace>(Log));
        Broker.Broker.CreateQueue(Queue, new QueueOptions { RequiresSession = true, RequiresDuplicateDetection = true });
        Broker.Broker.CreateTopic(Topic, new TopicOptions { RequiresDuplicateDetection = true });
        Broker.Broker.CreateSubscription(Topic, Subscription);
    }

    public ServiceBusStandIn Broker { get; }

    public ServiceBusOptions Options { get; }

    public ServiceBusNamespace Namespace { get; }

    public RecordingLogs Log { get; } = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Bench> StartAsync(
        Func<ServiceBusOptions, ServiceBusOptions>? change = null, TimeProvider? clientTime = null, TimeProvider? brokerTime = null,
        ServiceBusStandInOptions? standIn = null)
    {
        var broker = await ServiceBusStandIn.StartAsync((standIn ?? new()) with { TimeProvider = brokerTime ?? TimeProvider.System }, Token);
        var options = ServiceBusOptions.For(broker.ConnectionString);
        return new Bench(broker, change?.Invoke(options) ?? options, clientTime ?? TimeProvider.System);
    }

    /// <summary>With the same broker behind each transport, and a certificate of its own that this client alone trusts.</summary>
    public static async Task<Bench> StartAsync(ServiceBusTransport transport, bool tls, Func<ServiceBusOptions, ServiceBusOptions>? change = null)
    {
        var certificate = tls ? SelfSignedCertificate.Create(TimeProvider.System.GetUtcNow()) : null;
        var broker = await ServiceBusStandIn.StartAsync(new ServiceBusStandInOptions { Certificate = certificate }, Token);
        var port = transport == ServiceBusTransport.AmqpWebSockets
            ? tls ? broker.WebSocketTlsPort!.Value : broker.WebSocketPort
            : tls ? broker.AmqpTlsPort!.Value : broker.AmqpPort;
        var options = ServiceBusOptions.For(broker.ConnectionStringFor(port, isPlain: !tls)) with
        {
            Transport = transport,
            ServerCertificateCheck = tls ? (_, presented, _, _) => presented?.GetCertHashString() == certificate!.GetCertHashString() : null,
        };
        return new Bench(broker, change?.Invoke(options) ?? options, TimeProvider.System);
    }

    /// <summary>Another client over the same transport, somewhere else.</summary>
    public ServiceBusNamespace Connect(string connectionString) => new(
        Options with { ConnectionString = ServiceBusConnectionString.Parse(connectionString) }, TimeProvider.System, new Logger<ServiceBusNamespace>(Log));

    public MessageQueue Find(string name) => Broker.Broker.Queues.Single(queue => queue.Path == name);

    public MessageQueue FindSubscription(string name) => Broker.Broker.FindTopic(Topic)!.Subscriptions[name];

    /// <summary>The ids that <c>Samples.Messages</c> gives.</summary>
    public static IEnumerable<string> Ids(int first, int count) => Enumerable.Range(first, count).Select(static number => $"id-{number:D8}");

    public static IEnumerable<string> Ids(IEnumerable<ReceivedMessage> messages) => messages.Select(static message => message.MessageId);

    public static Message Decode(ReceivedMessage received)
    {
        var bytes = received.Message.Encoded.ToArray();
        return Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
    }

    public async Task SendAsync(string entity, params OutboundMessage[] messages)
    {
        await using var sender = await Namespace.OpenSenderAsync(entity, Token);
        await sender.SendAsync(messages, Token);
    }

    public async Task<IMessageReceiver> AcceptAsync(string queue = Queue) =>
        await Namespace.AcceptSessionAsync(queue, TimeSpan.FromSeconds(20), Token) ?? throw new InvalidOperationException("No session came.");

    public async Task<IMessageReceiver> SubscribeAsync(string subscription = Subscription, bool deadLetter = false) =>
        await Namespace.OpenSubscriptionReceiverAsync(Topic, subscription, deadLetter, Token);

    /// <summary>Another client with a key of its own.</summary>
    public ServiceBusNamespace ConnectAs(string keyName, string key) =>
        Connect(Broker.ConnectionString.Replace(Broker.SharedAccessKeyName, keyName, StringComparison.Ordinal).Replace(Broker.SharedAccessKey, key, StringComparison.Ordinal));

    /// <summary>What Hosting's policy does: again while the failure is transient.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> attempt)
    {
        var failures = new List<string>();
        while (failures.Count < 50)
        {
            try
            {
                return await attempt();
            }
            catch (ProviderException e) when (e.IsTransient)
            {
                // The transport pauses between its attempts to connect.
                failures.Add(e.Message);
            }
        }

        throw new InvalidOperationException($"Every attempt failed: {string.Join("; ", failures)}");
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition()) await tick.WaitForNextTickAsync(Token);
    }

    public static async Task<List<ReceivedMessage>> DrainAsync(IMessageReceiver receiver, int count)
    {
        var all = new List<ReceivedMessage>();
        while (all.Count < count)
        {
            var some = await receiver.ReceiveAsync(count - all.Count, TimeSpan.FromSeconds(20), Token);
            Assert.NotEmpty(some);
            all.AddRange(some);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Namespace.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
