using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;

namespace DStream.Ingester.Tests;

/// <summary>The whole ingester as a host composes it: what is committed arrives, in order, once.</summary>
public sealed class DeliveryTests
{
    private static readonly string[] Tables = ["Orders", "Persons", "Items"];

    [Fact]
    public async Task Run_ChangesOfSeveralTables_ArriveInOrderAndAreSaved()
    {
        await using var rig = new IngestRig();
        rig.AddTables(Tables);
        foreach (var table in Tables) rig.Insert(table, 500, rowsEach: 7);
        await using var ingester = await rig.StartAsync(Tables);
        await rig.DeliveredAsync(Tables);
        foreach (var table in Tables) rig.Insert(table, 100);
        var last = rig.Commit(rig.Row("Orders", ChangeOperation.Insert), rig.Row("Items", ChangeOperation.Delete));

        await rig.DeliveredAsync(Tables);
        await Eventually.HoldsAsync(() => Tables.All(table => ingester.HasReached(table, last)), "all tables up to the end");
        await ingester.StopAsync();

        rig.AssertExact(Tables);
        Assert.All(Tables, table => Assert.Equal(ChangePosition.EndOf(last), rig.Saved(table)));
        Assert.All(Tables, table => Assert.Equal(TableState.Stopped, ingester.State(table)));
    }

    [Fact]
    public async Task Run_FirstStart_SavesTheBeginningAtOnce()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        rig.Insert("Orders", 3);
        rig.Source.Fault = (operation, _) => operation == InMemoryOperation.Read ? new ProviderException("down", isTransient: true) : null;

        await using var ingester = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => rig.Saved("Orders") is not null, "a checkpoint before anything is read");

        Assert.True(rig.Saved("Orders")!.Value.IsBeforeTransaction);
        Assert.Empty(rig.Broker.Messages(IngestRig.Queue));
    }

    [Fact]
    public async Task Run_UpdateImagesBoth_PairsArriveWholeAndInOrder()
    {
        await using var rig = new IngestRig(options: new InMemoryBrokerOptions { Limits = new(2000, 2000, 3, FramingBytes: 10) }) { PageBytes = 100_000 };
        rig.Source.UpdateImages = UpdateImages.Both;
        rig.AddTables("Orders");
        for (var i = 0; i < 40; i++)
            rig.Commit(rig.Row("Orders", ChangeOperation.Insert), rig.Row("Orders", ChangeOperation.UpdateBefore), rig.Row("Orders", ChangeOperation.UpdateAfter));
        var (operations, lastOfBatches) = (new List<string>(), new List<string>());
        rig.Senders.Sending = (_, batch, _) =>
        {
            lastOfBatches.Add(batch.Span[^1].Headers!.OperationType);
            foreach (var message in batch.Span) operations.Add(message.Headers!.OperationType);
            return Task.CompletedTask;
        };

        await using var ingester = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");

        rig.AssertExact("Orders");
        Assert.DoesNotContain("UpdateBefore", lastOfBatches);
        Assert.Equal(Enumerable.Repeat(new[] { "Insert", "UpdateBefore", "Update" }, 40).SelectMany(static o => o), operations);
    }

    [Fact]
    public async Task Send_FailsForAWhile_IsTriedAgainAndOrderIsKept()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        rig.Insert("Orders", 300);
        var attempts = 0;
        rig.Broker.Fault = (operation, _) =>
            operation == InMemoryOperation.Send && ++attempts is 1 or 3 ? new ProviderException("throttled", isTransient: true) : null;

        await using var ingester = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");

        Assert.True(attempts > 3);
        rig.AssertExact("Orders");
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
    }

    [Fact]
    public async Task Send_FailsForGoodForOneTable_OthersGoOnAndItRecovers()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders", "Persons");
        rig.Senders.Sending = (_, batch, _) => batch.Span[0].Headers!.TableName == "Orders"
            ? throw new ProviderException("refused", isTransient: false)
            : Task.CompletedTask;
        rig.Insert("Orders", 20);

        await using var ingester = await rig.StartAsync("Orders", "Persons");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Unhealthy, "Orders unhealthy");
        rig.Insert("Persons", 50);
        await rig.DeliveredAsync("Persons");

        Assert.Empty(rig.Delivered("Orders"));
        Assert.Contains("refused", ingester.Status("Orders")!.Problem, StringComparison.Ordinal);
        Assert.Equal(TableState.Running, ingester.State("Persons"));
        rig.Senders.Sending = null;
        await rig.DeliveredAsync("Orders");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Running, "Orders well again");
        rig.AssertExact("Orders", "Persons");
    }

    [Fact]
    public async Task Failure_AgainAndAgain_IsNeverReportedAsRunningInBetween()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        rig.Insert("Orders", 1);
        var states = new List<TableState?>();
        RunningIngester? ingester = null;
        rig.Senders.Sending = (_, _, _) =>
        {
            if (ingester is not null) states.Add(ingester.State("Orders"));
            throw new ProviderException("refused", isTransient: false);
        };

        await using var running = ingester = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => states.Count > 5, "five more attempts");
        await ingester.StopAsync();

        Assert.DoesNotContain(TableState.Running, states);
    }

    [Fact]
    public async Task Save_FailsAfterTheSend_ResendIsDroppedAsDuplicate()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        await using var ingester = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Running, "Orders running");
        var failures = 0;
        rig.Checkpoints.Fault = (operation, _) =>
            operation == InMemoryOperation.Save && failures++ < 2 ? new ProviderException("database is read-only", isTransient: false) : null;

        rig.Insert("Orders", 100, rowsEach: 100);
        await rig.DeliveredAsync("Orders");
        await Eventually.HoldsAsync(() => failures > 2 && rig.Saved("Orders")?.IsEndOfTransaction == true, "the position saved in the end");

        rig.AssertExact("Orders");
        Assert.True(rig.Broker.Counts(IngestRig.Queue).Duplicates > 0);
    }

    [Fact]
    public async Task Save_StoredButAnswerLost_IsTakenAsSaved()
    {
        await using var rig = new IngestRig();
        rig.AddTables("Orders");
        var lost = 0;
        rig.Checkpoints.Fault = (operation, _) =>
            operation == InMemoryOperation.Saved && lost++ % 2 == 0 ? new ProviderException("connection lost", isTransient: true) : null;
        rig.Insert("Orders", 50);

        await using var ingester = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");
        await ingester.StopAsync();

        rig.AssertExact("Orders");
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
        Assert.True(rig.Saved("Orders")?.IsEndOfTransaction);
    }

    [Fact]
    public async Task Send_FailsInTheMiddleOfAPage_WhatWasAcceptedIsSaved()
    {
        await using var rig = new IngestRig(options: new InMemoryBrokerOptions { Limits = new(5000, 5000, 10, FramingBytes: 10) });
        rig.AddTables("Orders");
        rig.Insert("Orders", 60, rowsEach: 60);
        var batches = 0;
        ChangePosition? atFailure = null;
        rig.Senders.Sending = (_, _, _) => ++batches == 4 ? throw new ProviderException("refused", isTransient: false) : Task.CompletedTask;
        rig.Leases.Fault = (operation, _) =>
        {
            if (operation == InMemoryOperation.Acquire && batches == 4) atFailure ??= rig.Saved("Orders");
            return null;
        };

        await using var ingester = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");

        Assert.True(atFailure?.IsInsideTransaction);
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
        rig.AssertExact("Orders");
    }
}
