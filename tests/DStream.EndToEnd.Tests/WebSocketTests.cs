using DStream.Core;
using DStream.ServiceBus;
using DStream.StandIns.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.EndToEnd.Tests;

/// <summary>A network that lets nothing out but HTTP, through a proxy that the environment names.</summary>
public sealed class WebSocketTests : IDisposable
{
    private const string Queue = "ingest-queue";
    private const string Topic = "server.db.orders.events";

    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    [NeedsStandIn(TestServer.ServiceBus)]
    public async Task Router_OverWebSockets_GoesThroughTheProxyOfTheEnvironment()
    {
        await using var server = await ServiceBusFixture.OpenAsync(Stop);
        var broker = server.StandIn;
        broker.Broker.CreateQueue(Queue, new QueueOptions { RequiresSession = true, RequiresDuplicateDetection = true });
        broker.Broker.CreateTopic(Topic);
        broker.Broker.CreateSubscription(Topic, "sub1");
        using var proxy = new ConnectProxy();
        await SendAsync(broker);

        using var router = Start(broker, proxy);
        await Eventually.HoldsAsync(() => router.HasExited || broker.Broker.FindQueue(Queue)!.Counts.Total == 0, "an empty queue");

        Assert.False(router.HasExited, string.Join('\n', router.Errors));
        Assert.Equal(20, broker.Broker.FindTopic(Topic)!.Subscriptions["sub1"].Counts.Active);
        Assert.Equal($"127.0.0.1:{broker.WebSocketPort}", Assert.Single(proxy.Tunnels));
    }

    private HostProcess Start(ServiceBusStandIn broker, ConnectProxy proxy)
    {
        File.WriteAllText(_file, $$"""
            router {
              source {
                type = "servicebus"
                name = "{{Queue}}"
                connection_string = "${env("BUS")}"
                transport = "amqp_websockets"
                create = false
              }
              output {
                type = "servicebus"
                connection_string = "${env("BUS")}"
                transport = "amqp_websockets"
                create = false
              }
              destinations = ["{{Topic}}"]
            }
            """);
        // Without TLS it is the proxy of HTTP that counts.
        return new HostProcess("DStream.Router", ["--config", _file],
            ("BUS", broker.WebSocketConnectionString), ("http_proxy", proxy.Address.Address!.ToString()), ("no_proxy", ""));
    }

    private static async Task SendAsync(ServiceBusStandIn broker)
    {
        await using var bus = new ServiceBusNamespace(
            ServiceBusOptions.For(broker.ConnectionString), TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);
        await using var sender = await bus.OpenSenderAsync(Queue, Stop);
        var headers = new MessageHeaders("Orders", Topic, "Insert", "Orders");
        await sender.SendAsync(
            Enumerable.Range(0, 20).Select(n => new OutboundMessage(BitConverter.GetBytes(n + 0x30303030), "s", headers, "00"u8.ToArray(), null, "{}"u8.ToArray())).ToArray(), Stop);
    }
}
