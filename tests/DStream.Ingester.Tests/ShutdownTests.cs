using DStream.Core;
using DStream.InMemory;
using DStream.TestSupport;

namespace DStream.Ingester.Tests;

/// <summary>Stopping and dying at any place: the next start goes on exactly there.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Stop_Idle_SavesThePositionAndReleasesTheLease()
    {
        await using var rig = new IngestRig { IdleInterval = TimeSpan.FromDays(1) };
        rig.AddTables("Orders");
        await using (var first = await rig.StartAsync("Orders"))
        {
            rig.Insert("Orders", 5);
            await rig.DeliveredAsync("Orders");
            var idle = rig.Source.AdvanceIdle();
            await Eventually.HoldsAsync(() => first.HasReached("Orders", idle), "the idle position");

            await first.StopAsync();

            Assert.Equal(ChangePosition.EndOf(idle), rig.Saved("Orders"));
            Assert.Null(rig.Leases.HolderOf(IngestRig.Lease("Orders")));
        }

        var sends = 0;
        rig.Senders.Sending = (_, batch, _) => Task.FromResult(sends += batch.Length);
        await using var second = await rig.StartAsync("Orders");
        rig.Insert("Orders", 3);
        await rig.DeliveredAsync("Orders");
        rig.AssertExact("Orders");
        Assert.Equal(3, sends);
    }

    [Fact]
    public async Task Stop_DuringASend_FinishesSavesAndReleases()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        var (sending, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Senders.Sending = async (_, _, token) =>
        {
            sending.TrySetResult();
            await finish.Task.WaitAsync(token);
        };
        await using var ingester = await rig.StartAsync("Orders");
        rig.Insert("Orders", 10, rowsEach: 10);
        await sending.Task.WaitAsync(IngestRig.Stop);

        var stopping = ingester.StopAsync();
        Assert.Empty(rig.Delivered("Orders"));
        finish.SetResult();
        await stopping;

        rig.AssertExact("Orders");
        Assert.True(rig.Saved("Orders")?.IsEndOfTransaction);
        Assert.Null(rig.Leases.HolderOf(IngestRig.Lease("Orders")));
    }

    [Fact]
    public async Task Stop_WithMuchToRead_EndsAfterThePagesInFlight()
    {
        await using var rig = new IngestRig { PageBytes = 200 };
        rig.AddTables("Orders");
        rig.Insert("Orders", 400, rowsEach: 400);
        var (sends, second) = (0, new TaskCompletionSource());
        rig.Senders.Sending = async (_, _, _) =>
        {
            if (++sends == 2) second.SetResult();
            await Task.Yield();
        };
        await using (var first = await rig.StartAsync("Orders"))
        {
            await second.Task.WaitAsync(IngestRig.Stop);
            await first.StopAsync();
        }

        Assert.InRange(rig.Delivered("Orders").Count, 1, 399);
        Assert.Equal(await CountSavedAsync(rig), rig.Delivered("Orders").Count);
        await using var again = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");
        rig.AssertExact("Orders");
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
    }

    [Fact]
    public async Task Kill_AtEveryStepOfARun_NothingIsLostOrReordered()
    {
        var died = true;
        for (var step = 1; died; step++)
        {
            await using var rig = new IngestRig(options: new InMemoryBrokerOptions { Limits = new(2000, 2000, 4, FramingBytes: 10) }) { PageBytes = 300 };
            rig.AddTables("Orders", "Persons");
            rig.Commit([.. Enumerable.Range(0, 12).Select(_ => rig.Row("Orders", ChangeOperation.Insert))]);
            rig.Insert("Persons", 4);
            rig.Insert("Orders", 4);
            died = await RunUntilStepAsync(rig, step);

            await using var next = await rig.StartAsync("Orders", "Persons");
            await rig.DeliveredAsync("Orders", "Persons");
            await next.StopAsync();
            rig.AssertExact("Orders", "Persons");
            Assert.True(step < 500, "The run never ended.");
        }
    }

    /// <summary>Runs an ingester of which nothing reaches the outside any more from that step on; false where it was done before.</summary>
    private static async Task<bool> RunUntilStepAsync(IngestRig rig, int diesAt)
    {
        var steps = 0;
        Exception? Step(string operation, string name) =>
            operation != InMemoryOperation.Renew && Interlocked.Increment(ref steps) >= diesAt ? new ProviderException("dead", isTransient: false) : null;
        rig.Broker.Fault = rig.Leases.Fault = rig.Checkpoints.Fault = rig.Source.Fault = Step;
        try
        {
            await using var ingester = await rig.StartAsync("Orders", "Persons");
            bool IsDone() => rig.Broker.Queues.Count > 0 && rig.Delivered("Orders").Count == 16 && rig.Delivered("Persons").Count == 4
                && rig.Saved("Orders")?.IsEndOfTransaction == true && rig.Saved("Persons")?.IsEndOfTransaction == true;
            await Eventually.HoldsAsync(() => Volatile.Read(ref steps) >= diesAt || IsDone(), "the step of its death");
            return Volatile.Read(ref steps) >= diesAt && !IsDone();
        }
        catch (ProviderException)
        {
            return true;
        }
        finally
        {
            rig.Broker.Fault = rig.Leases.Fault = rig.Checkpoints.Fault = rig.Source.Fault = null;
        }
    }

    /// <summary>How many rows lie up to the saved position.</summary>
    private static async Task<int> CountSavedAsync(IngestRig rig)
    {
        var saved = rig.Saved("Orders")!.Value;
        await using var reader = await rig.Source.OpenAsync(IngestRig.Table("Orders"), IngestRig.Stop);
        using var page = await reader.ReadAsync(
            ChangePosition.Before(reader.Table.LowLsn), saved.StartLsn, new PageLimits(10_000, int.MaxValue), IngestRig.Stop);
        return page.Events.ToArray().Count(change => change.Position <= saved);
    }
}
