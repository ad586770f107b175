using DStream.Core;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class EnsuringTests
{
    [Fact]
    public async Task Ensure_TwiceAndAtOnce_CreatesEachEntityOnceWithItsOptions()
    {
        await using var bench = await Bench.StartAsync();
        using var administration = Administration(bench);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => administration.EnsureQueueAsync("new-queue", Bench.Token).AsTask()));
        for (var times = 0; times < 2; times++) await administration.EnsureTopicAsync("new.topic.events", "sub1", Bench.Token);

        var queue = bench.Find("new-queue").Options;
        Assert.True(queue.RequiresSession && queue.RequiresDuplicateDetection);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1), 10), (queue.DuplicateDetectionWindow, queue.LockDuration, queue.MaxDeliveryCount));
        var topic = bench.Broker.Broker.Topics.Single(topic => topic.Path == "new.topic.events");
        Assert.True(topic.Options.RequiresDuplicateDetection);
        Assert.Equal(["sub1"], topic.Subscriptions.Keys);
        Assert.Equal(1, bench.Log.Count(4006, "new-queue"));
    }

    [Fact]
    public async Task EnsureQueueAsync_ExistingWithoutSessions_IsRefused()
    {
        await using var bench = await Bench.StartAsync();
        using var administration = Administration(bench);
        bench.Broker.Broker.CreateQueue("plain", new QueueOptions { RequiresDuplicateDetection = true });

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureQueueAsync("plain", Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("'plain' exists without sessions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsureQueueAsync_WrongKey_IsRefusedForGood()
    {
        await using var bench = await Bench.StartAsync(options => options with
        {
            ConnectionString = ServiceBusConnectionString.Parse(
                $"Endpoint=sb://127.0.0.1:{options.ConnectionString.Port};SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true;"
                + $"AdministrationPort={options.ConnectionString.AdministrationAddress.Port}"),
        });
        using var administration = Administration(bench);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Bench.Token));

        Assert.False(failure.IsTransient);
    }

    private static ServiceBusAdministration Administration(Bench bench) =>
        new(bench.Options, TimeProvider.System, new Logger<ServiceBusAdministration>(bench.Log));
}
