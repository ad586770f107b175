using System.Net;
using Azure.Core.Pipeline;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

/// <summary>The official .NET SDK, unmodified, at a stand-in: one of both for a class of scenarios, and an entity of its own for each.</summary>
public sealed class SdkJudge : IAsyncLifetime
{
    private static readonly ServiceBusClientOptions OneAttempt = new() { RetryOptions = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(20) } };

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>How long nothing must come.</summary>
    public static TimeSpan Moment { get; } = TimeSpan.FromMilliseconds(200);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ServiceBusStandIn StandIn { get; private set; } = null!;

    public ServiceBusClient Client { get; private set; } = null!;

    public ServiceBusAdministrationClient Administration { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        StandIn = await ServiceBusStandIn.StartAsync(null, CancellationToken.None);
        Client = Connect(StandIn.ConnectionString);
        Administration = Administrate(StandIn.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await StandIn.DisposeAsync();
    }

    /// <summary>Another client; without options it makes one attempt of everything.</summary>
    public static ServiceBusClient Connect(string connectionString, ServiceBusClientOptions? options = null) => new(connectionString, options ?? OneAttempt);

    /// <summary>The client of the administration speaks HTTPS to the port of the service; its public pipeline takes a transport that sends elsewhere.</summary>
    public ServiceBusAdministrationClient Administrate(string connectionString)
    {
        var options = new ServiceBusAdministrationClientOptions { Transport = new HttpClientTransport(new HttpClient(new Redirection(StandIn.AdministrationEndpoint))) };
        options.Retry.MaxRetries = 0;
        return new ServiceBusAdministrationClient(connectionString, options);
    }

    public string NewQueue(QueueOptions? options = null)
    {
        var name = "q-" + Guid.NewGuid().ToString("N");
        StandIn.Broker.CreateQueue(name, options ?? new QueueOptions());
        return name;
    }

    public string NewTopic(QueueOptions? subscription = null, TopicOptions? options = null, params string[] subscriptions)
    {
        var name = "t-" + Guid.NewGuid().ToString("N");
        StandIn.Broker.CreateTopic(name, options ?? new TopicOptions());
        foreach (var each in subscriptions) StandIn.Broker.CreateSubscription(name, each, subscription ?? new QueueOptions());
        return name;
    }

    public MessageQueue Find(string path) => StandIn.Broker.FindSource(path)!;

    public static ServiceBusMessage Message(int number, string? session = null) =>
        new($"body-{number}") { MessageId = $"id-{number}", SessionId = session };

    public static IEnumerable<ServiceBusMessage> Messages(int count, string? session = null) => Enumerable.Range(0, count).Select(number => Message(number, session));

    public async Task SendAsync(string entity, params IEnumerable<ServiceBusMessage> messages)
    {
        await using var sender = Client.CreateSender(entity);
        await sender.SendMessagesAsync(messages, Stop);
    }

    /// <summary>Receives that many, in order.</summary>
    public static async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        var all = new List<ServiceBusReceivedMessage>();
        while (all.Count < count)
        {
            var some = await receiver.ReceiveMessagesAsync(count - all.Count, Patience, Stop);
            Assert.NotEmpty(some);
            all.AddRange(some);
        }

        return all;
    }

    public static async Task<ServiceBusFailureReason> ReasonAsync(Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<ServiceBusException>(action);
        TestContext.Current.TestOutputHelper?.WriteLine(failure.ToString());
        return failure.Reason;
    }

    private sealed class Redirection(Uri target) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = target.Scheme, Host = target.Host, Port = target.Port }.Uri;
            request.Version = HttpVersion.Version11;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
