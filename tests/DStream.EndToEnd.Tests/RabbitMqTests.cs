using DStream.RabbitMq;
using DStream.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.EndToEnd.Tests;

/// <summary>Queue and topics, or one of them, on a RabbitMQ that nobody here wrote. Its topics are consumed as the documentation says: copies are dropped.</summary>
public sealed class RabbitMqTests(RabbitMqFixture rabbit) : EndToEndTest
{
    private const string ServiceBusQueue =
        """
        type = "servicebus"
                name = "QUEUE"
                connection_string = "{{ env \"DSTREAM_INGEST_CONNECTION_STRING\" }}"
        """;

    private const string ServiceBusEnd =
        """
        type = "azure_service_bus"
                connection_string = "{{ env \"DSTREAM_PUBLISHER_CONNECTION_STRING\" }}"
        """;

    private const string OnRabbitMq =
        """
        type = "rabbitmq"
                connection_string = "{{ env \"DSTREAM_RABBITMQ_CONNECTION_STRING\" }}"
        """;

    private const string Accepting = "\n        duplicates = \"accept\"";

    private RabbitMqServer _server = null!;
    private RabbitMqBroker _consuming = null!;

    internal override SandboxConnections Connections => base.Connections with { RabbitMq = _server.ConnectionString };

    public override async ValueTask InitializeAsync()
    {
        _server = await rabbit.ServerAsync(Stop);
        await base.InitializeAsync();
        _consuming = new RabbitMqBroker(RabbitMqOptions.For(_server.ConnectionString), TimeProvider.System, NullLogger<RabbitMqBroker>.Instance);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_consuming is not null) await _consuming.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Pipeline_HostsAndBrokerKilled_NothingIsLostOrReordered()
    {
        await using var pipeline = await PrepareAsync(queue: true, output: true);
        var (router, ingester) = (LaunchRouter(pipeline), LaunchIngester(pipeline));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var workload = pipeline.CommitAsync(changes: null, rate: 200, enough.Token);

        await MoreAsync(pipeline);
        ingester.Kill();
        await ingester.ExitCodeAsync();
        ingester = LaunchIngester(pipeline);
        await MoreAsync(pipeline);
        router.Kill();
        await router.ExitCodeAsync();
        router = LaunchRouter(pipeline);
        await MoreAsync(pipeline);
        await _server.KillAsync(Stop);
        await _server.StartAgainAsync(Stop);
        await MoreAsync(pipeline);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workload);

        await DeliveredAsync(pipeline, pipeline.Committed.Count);
        await AssertCleanAsync(pipeline);
        Assert.False(ingester.HasExited || router.HasExited, "A host did not outlast the broker.");
    }

    [Fact]
    public Task Pipeline_QueueOnServiceBus_TopicsOnRabbitMq() => RunAsync(queue: false, output: true);

    [Fact]
    public Task Pipeline_QueueOnRabbitMq_TopicsOnServiceBus() => RunAsync(queue: true, output: false);

    private static Task MoreAsync(SandboxPipeline pipeline)
    {
        var before = pipeline.Delivered.Count;
        return Eventually.HoldsAsync(() => pipeline.Delivered.Count >= before + 200, "200 more delivered changes");
    }

    private async Task RunAsync(bool queue, bool output)
    {
        await using var pipeline = await PrepareAsync(queue, output);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);

        await pipeline.CommitAsync(500, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
    }

    private Task<SandboxPipeline> PrepareAsync(bool queue, bool output)
    {
        if (output) OpenTopic = (topic, token) => _consuming.OpenSubscriptionReceiverAsync(topic, "sub1", token);
        var text = Configuration();
        var parts = text.Split("output {");
        var ends = (Source: parts[0], Output: parts[1]);
        if (queue)
        {
            ends.Source = Swap(ends.Source, ServiceBusQueue.Replace("QUEUE", Servers.Queue, StringComparison.Ordinal), $"{OnRabbitMq}\n        name = \"{Servers.Queue}\"{Accepting}");
            ends.Source = Swap(ends.Source, ServiceBusEnd, OnRabbitMq);
        }

        if (output) ends.Output = Swap(ends.Output, ServiceBusEnd, OnRabbitMq + Accepting);
        return PrepareAsync($"{ends.Source}output {{{ends.Output}");
    }

    private static string Swap(string text, string from, string to)
    {
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }
}
