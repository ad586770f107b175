using DStream.Core;
using DStream.InMemory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Start_DatabaseRefuses_Fails()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        rig.Source.Fault = static (operation, _) => operation == InMemoryOperation.MaxLsn ? new ProviderException("login failed", isTransient: false) : null;

        var failure = await Assert.ThrowsAsync<ProviderException>(() => rig.StartAsync("Orders"));

        Assert.Contains("login failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_QueueMissingAndNotOurs_Fails()
    {
        await using var rig = new IngestRig { Administration = new NoAdministration() };
        rig.AddTables("Orders");

        var failure = await Assert.ThrowsAsync<ProviderException>(() => rig.StartAsync("Orders"));

        Assert.False(failure.IsTransient);
        Assert.Contains("'ingest'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServersAwayForAWhile_WaitsForThem()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        rig.Insert("Orders", 3);
        var (database, broker) = (0, 0);
        rig.Source.Fault = (operation, _) => operation == InMemoryOperation.MaxLsn && ++database <= 1 ? new ProviderException("away", isTransient: true) : null;
        rig.Broker.Fault = (operation, _) => operation == InMemoryOperation.OpenSender && ++broker <= 1 ? new ProviderException("away", isTransient: true) : null;

        await using var ingester = await rig.StartAsync("Orders");

        await rig.DeliveredAsync("Orders");
        rig.AssertExact("Orders");
        Assert.Equal(2, broker);
    }

    [Fact]
    public async Task Start_StoppedWhileTheDatabaseIsAway_EndsAtOnceAndBeginsNothing()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        var ingester = rig.Build(rig.Senders, "Orders");
        rig.Source.Fault = (_, _) =>
        {
            ingester.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return new ProviderException("away", isTransient: true);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(ingester.StartAsync);

        Assert.Empty(rig.Broker.Queues);
        Assert.Null(rig.Checkpoints.Find(IngestRig.Key("Orders")));
    }
}
