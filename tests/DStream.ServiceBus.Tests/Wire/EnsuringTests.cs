using DStream.Core;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class EnsuringTests
{
    [Fact]
    [Scenario("creates a queue and tells its properties back")]
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

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await administration.EnsureQueueAsync("plain", Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("'plain' exists without sessions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Scenario("refuses to manage with a wrong key")]
    public async Task EnsureQueueAsync_WrongKey_IsRefusedForGood()
    {
        await using var bench = await Bench.StartAsync(options => options with
        {
            ConnectionString = ServiceBusConnectionString.Parse(
                $"Endpoint=sb://127.0.0.1:{options.ConnectionString.Port};SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true;"
                + $"AdministrationPort={options.ConnectionString.AdministrationAddress.Port}"),
        });
        using var administration = Administration(bench);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Bench.Token));

        Assert.False(failure.IsTransient);
    }

    [Fact]
    [Scenario("refuses a key that may not manage")]
    public async Task EnsureQueueAsync_KeyThatMayNotManage_IsRefusedForGood()
    {
        const string Key = "bGlzdGVu";
        await using var bench = await Bench.StartAsync(
            options => options with
            {
                ConnectionString = ServiceBusConnectionString.Parse(
                    $"Endpoint=sb://127.0.0.1:{options.ConnectionString.Port};SharedAccessKeyName=listen;SharedAccessKey={Key};UseDevelopmentEmulator=true;"
                    + $"AdministrationPort={options.ConnectionString.AdministrationAddress.Port}"),
            },
            standIn: new() { AccessRules = [new AccessRule("listen", Key, AccessRights.Listen)] });
        using var administration = Administration(bench);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Null(bench.Broker.Broker.FindQueue("q"));
    }

    [Fact]
    [Scenario("refuses more entities than the emulator has")]
    public async Task EnsureQueueAsync_MoreEntitiesThanThereMayBe_Fails()
    {
        await using var bench = await Bench.StartAsync(standIn: new() { Limits = ServiceBusLimits.Emulator with { Entities = 2 } });
        using var administration = Administration(bench);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await administration.EnsureQueueAsync("third", Bench.Token));

        Assert.Contains("third", failure.Message, StringComparison.Ordinal);
        Assert.Null(bench.Broker.Broker.FindQueue("third"));
    }

    private static ServiceBusAdministration Administration(Bench bench) =>
        new(bench.Options, TimeProvider.System, new Logger<ServiceBusAdministration>(bench.Log));
}
