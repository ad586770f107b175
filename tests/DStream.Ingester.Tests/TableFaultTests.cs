using System.Diagnostics.Metrics;
using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace DStream.Ingester.Tests;

/// <summary>I3 and I7: what is wrong with one table is told, stops that table alone, and ends by itself once it is mended.</summary>
public sealed class TableFaultTests
{
    [Fact]
    public async Task Gap_IsToldWithItsBoundsAndEndsWithANewCheckpoint()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders", "Persons");
        rig.Insert("Orders", 10);
        var position = ChangePosition.EndOf(rig.Commit(rig.Row("Orders", ChangeOperation.Insert)));
        rig.Insert("Orders", 10);
        var low = rig.Commit(rig.Row("Orders", ChangeOperation.Insert));
        rig.Checkpoints.Set(IngestRig.Key("Orders"), position);
        rig.Source.Cleanup(IngestRig.Table("Orders"), low);
        var ingester = rig.Build(rig.Senders, "Orders", "Persons");
        using var gaps = new GapCounter(ingester.Services);
        var reads = 0;
        rig.Source.Fault = (operation, name) =>
        {
            if (operation == InMemoryOperation.Read && name == "dbo.Orders") Interlocked.Increment(ref reads);
            return null;
        };

        await ingester.StartAsync();
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Unhealthy && reads > 4, "Orders unhealthy, and tried again");
        rig.Insert("Persons", 5);
        await rig.DeliveredAsync("Persons");

        var problem = ingester.Status("Orders")!.Problem!;
        Assert.Contains(position.ToString(), problem, StringComparison.Ordinal);
        Assert.Contains(low.ToString(), problem, StringComparison.Ordinal);
        Assert.Empty(rig.Delivered("Orders"));
        Assert.Equal(position, rig.Saved("Orders"));
        Assert.Equal(1, gaps.Count);
        rig.Checkpoints.Set(IngestRig.Key("Orders"), ChangePosition.Before(low));
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Running, "Orders well again");
        Assert.Equal(rig.Committed("Orders").TakeLast(1), rig.Delivered("Orders"));
    }

    [Fact]
    public async Task OversizedRow_StopsItsTableBehindTheRowsBeforeIt()
    {
        await using var rig = new IngestRig(options: new InMemoryBrokerOptions { Limits = new(4000, 8000, 100, FramingBytes: 10) }) { PageBytes = 100_000 };
        rig.AddTables("Orders", "Persons");
        rig.Insert("Orders", 7);
        rig.Insert("Orders", 1, note: new string('x', 5000));
        rig.Insert("Orders", 7);

        await using var ingester = await rig.StartAsync("Orders", "Persons");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Unhealthy, "Orders unhealthy");
        rig.Insert("Persons", 5);
        await rig.DeliveredAsync("Persons");

        Assert.Equal(rig.Committed("Orders").Take(7), rig.Delivered("Orders"));
        Assert.Contains("""{"ID":8}""", ingester.Status("Orders")!.Problem, StringComparison.Ordinal);
        Assert.Matches("message of 5[0-9]{3} bytes.*at most 4000", ingester.Status("Orders")!.Problem!);
        await using var reader = await rig.Source.OpenAsync(IngestRig.Table("Orders"), IngestRig.Stop);
        using var rest = await reader.ReadAsync(rig.Saved("Orders")!.Value, Lsn.Max, new PageLimits(100, int.MaxValue), IngestRig.Stop);
        Assert.Equal(8, rest.Events.Length);
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
    }

    [Fact]
    public async Task TableNotReady_IsToldWithTheRemedyAndStartsOnceItIs()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Persons");
        await using var ingester = await rig.StartAsync("Orders", "Persons");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Unhealthy, "Orders unhealthy");
        rig.Insert("Persons", 5);
        await rig.DeliveredAsync("Persons");
        Assert.Contains("EXEC sys.sp_cdc_enable_table", ingester.Status("Orders")!.Problem, StringComparison.Ordinal);

        rig.AddTables("Orders");
        rig.Insert("Orders", 5);
        await rig.DeliveredAsync("Orders");

        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Running, "Orders running");
        rig.AssertExact("Orders", "Persons");
    }

    [Fact]
    public async Task CaptureInstance_DroppedAndMadeAnew_GoesOnWithTheNewOne()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders", "Persons");
        rig.Insert("Orders", 5);
        await using var ingester = await rig.StartAsync("Orders", "Persons");
        await rig.DeliveredAsync("Orders");
        var end = rig.Source.AdvanceIdle();
        await Eventually.HoldsAsync(() => ingester.HasReached("Orders", end), "Orders at the end");

        rig.Source.RemoveTable(IngestRig.Table("Orders"));
        rig.Insert("Persons", 5);
        await rig.DeliveredAsync("Persons");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Unhealthy, "Orders unhealthy");
        Assert.Equal(TableState.Running, ingester.State("Persons"));
        rig.Checkpoints.Set(IngestRig.Key("Orders"), ChangePosition.EndOf(rig.Source.AdvanceIdle()));
        rig.AddTables("Orders");
        rig.Insert("Orders", 5);

        await rig.DeliveredAsync("Orders", "Persons");
        rig.AssertExact("Orders", "Persons");
    }

    private sealed class GapCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public GapCounter(IServiceProvider services)
        {
            var meters = services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "dstream.gaps") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
