using System.Text;
using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DStream.Router.Tests;

/// <summary>An ingest queue and topics in memory, which outlive the routers that are started on them.</summary>
internal sealed class RouteRig : IAsyncDisposable
{
    public const string Queue = "ingest";

    private readonly List<IHost> _hosts = [];
    private readonly Dictionary<string, List<string>> _sent = [];

    public RouteRig(TimeProvider? time = null, InMemoryBrokerOptions? options = null, InMemoryBrokerOptions? topics = null)
    {
        Time = time ?? TimeProvider.System;
        Broker = new InMemoryBroker(Time, options);
        Topics = topics is null ? Broker : new InMemoryBroker(Time, topics);
        Senders = new InterceptedSenders(Topics);
        Administration = Topics;
        QueueAdministration = Broker;
    }

    public TimeProvider Time { get; }

    public InMemoryBroker Broker { get; }

    public InMemoryBroker Topics { get; }

    public InterceptedSenders Senders { get; }

    public IBrokerAdministration Administration { get; set; }

    public IBrokerAdministration QueueAdministration { get; set; }

    public int Places { get; init; } = 8;

    public RecordingLogs Logs { get; } = new();

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string Topic(string table) => $"server.db.{table}.events";

    public static OutboundMessage Message(string session, string? destination, string body) => new(
        Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")), session,
        destination is null ? null : new MessageHeaders("Persons", destination, "Insert", "Persons"),
        Encoding.ASCII.GetBytes("0000003600000b200003"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Encoding.UTF8.GetBytes(body));

    /// <summary>Puts messages of a session into the ingest queue; their bodies are numbered on.</summary>
    public async Task EnqueueAsync(string session, string table, int count)
    {
        if (!_sent.TryGetValue(session, out var sent)) _sent.Add(session, sent = []);
        var messages = Enumerable.Range(sent.Count, count).Select(n => Message(session, Topic(table), $"{session} {n}")).ToArray();
        sent.AddRange(messages.Select(static message => Encoding.UTF8.GetString(message.Body.Span)));
        await EnqueueAsync(messages);
    }

    public async Task EnqueueAsync(params OutboundMessage[] messages)
    {
        await Broker.EnsureQueueAsync(Queue, Stop);
        await using var sender = await Broker.OpenSenderAsync(Queue, Stop);
        foreach (var message in messages) await sender.SendAsync(new[] { message }, Stop);
    }

    public IReadOnlyList<InMemoryMessage> At(string table) => Topics.Messages(InMemoryBroker.SubscriptionPath(Topic(table), "sub1"));

    /// <summary>Bodies of a session's messages at a topic, in the topic's order.</summary>
    public IReadOnlyList<string> At(string table, string session) =>
        [.. At(table).Where(message => message.Message.SessionId == session).Select(static message => message.Body)];

    /// <summary>Everything of the session arrived, once and in order.</summary>
    public void AssertExact(string session, string table) => Assert.Equal(_sent[session], At(table, session));

    public Task EmptiedAsync() => Eventually.HoldsAsync(() => Left == 0, "an empty ingest queue");

    public int Left => Broker.Counts(Queue) is var counts ? counts.Available + counts.Locked : 0;

    public IHost Build(params string[] tables)
    {
        var config = new RouterConfig
        {
            Source = new QueueConfig { Type = "memory", Name = Queue },
            Output = new OutputConfig { Type = "memory" },
            Destinations = [.. tables.Select(Topic)],
            Sessions = Places,
        };
        var host = HostProgram.Build(services =>
        {
            services.AddSingleton(Time);
            services.AddLogging(logging => logging.AddProvider(Logs));
            services.AddRouter(config);
            services.AddSingleton(new QueueProvider(Broker, Broker, QueueAdministration));
            services.AddSingleton(_ => new TopicSenders(config.Destinations.Select(topic => new TopicSender(topic, "sub1", Senders, Administration))));
        });
        _hosts.Add(host);
        return host;
    }

    public async Task<IHost> StartAsync(params string[] tables)
    {
        var host = Build(tables);
        await host.StartAsync(Stop);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Senders.Sending = Senders.Sent = null;
        Broker.Fault = Topics.Fault = null;
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
