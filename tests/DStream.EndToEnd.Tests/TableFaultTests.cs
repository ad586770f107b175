using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox;
using DStream.Sandbox.Verification;

namespace DStream.EndToEnd.Tests;

/// <summary>What is wrong with one table is told with its remedy and stops that table alone; the remedy helps without a restart.</summary>
public sealed class TableFaultTests : EndToEndTest
{
    private const string DisableOrders =
        "EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'Orders', @capture_instance = N'all'";

    [Fact]
    public async Task CdcOff_OneTable_StatementIsToldAndHelps()
    {
        await using var pipeline = await StartAsync(DisableOrders);
        await StatusAsync(pipeline, Orders, TableState.Unhealthy, "EXEC sys.sp_cdc_enable_table");
        await CommitAsync(pipeline, [Persons], 200);
        await DeliveredAsync(pipeline, 200);
        var problem = Status(pipeline, Orders)!.Problem!;
        Assert.True(Log.Has("Error Table dbo.Orders stopped", "EXEC sys.sp_cdc_enable_table"));

        await ExecuteAsync(problem[problem.IndexOf("USE ", StringComparison.Ordinal)..]);
        await StatusAsync(pipeline, Orders, TableState.Running);
        await CommitAsync(pipeline, [Orders], 200);

        await AssertCleanAsync(pipeline);
    }

    [Fact]
    public async Task Table_DoesNotExist_IsToldAndFlowsOnceItDoes()
    {
        await using var pipeline = await StartAsync(DisableOrders, "DROP TABLE dbo.Orders");
        await StatusAsync(pipeline, Orders, TableState.Unhealthy, "create [dbo].[Orders]");
        await CommitAsync(pipeline, [Persons], 200);
        await DeliveredAsync(pipeline, 200);
        Assert.True(Log.Has("Error Table dbo.Orders stopped", "create [dbo].[Orders]"));

        await ExecuteAsync(Orders.CreateStatements);
        await StatusAsync(pipeline, Orders, TableState.Running);
        await CommitAsync(pipeline, [Orders], 200);

        await AssertCleanAsync(pipeline);
    }

    [Fact]
    public async Task CaptureInstance_DroppedAndMadeAnew_IsAGapUntilTheCheckpointIsReset()
    {
        await using var pipeline = await StartAsync();
        await CommitAsync(pipeline, [Orders], 200);
        await DeliveredAsync(pipeline, 200);
        await StatusAsync(pipeline, Orders, TableState.Running);

        await ExecuteAsync(DisableOrders);
        await CommitAsync(pipeline, [Persons], 200);
        await DeliveredAsync(pipeline, 400);
        await StatusAsync(pipeline, Orders, TableState.Unhealthy);
        await ExecuteAsync("INSERT INTO dbo.Orders VALUES (100000, N'Never', NULL, 0, 0, SYSUTCDATETIME(), 0)", Orders.CreateStatements[^1]);
        await StatusAsync(pipeline, Orders, TableState.Unhealthy, "changes are lost");

        Assert.True(Log.Has("Error Table dbo.Orders stopped by a gap", "changes are lost"));
        Assert.Equal(TableState.Running, Status(pipeline, Persons)!.State);
        await ExecuteAsync(
            "UPDATE [dstream].[checkpoints] SET start_lsn = NULL, command_id = NULL, seq_val = NULL, operation = NULL WHERE [table] = N'Orders'",
            "DELETE FROM dbo.Orders");
        await StatusAsync(pipeline, Orders, TableState.Running);
        await AssertOnlyDeletesFollowAsync(pipeline);
    }

    /// <summary>The new instance knows what happened since it was made, and nothing else.</summary>
    private async Task AssertOnlyDeletesFollowAsync(SandboxPipeline pipeline)
    {
        await Eventually.HoldsAsync(
            () => pipeline.Delivered.Of(Orders.Name).Any(static change => change.Operation == ChangeOperation.Delete && change.Row.Id == 100000),
            "the delete of what was inserted in between");

        Assert.DoesNotContain(pipeline.Delivered.Of(Orders.Name), static change => change.Operation == ChangeOperation.Insert && change.Row.Id == 100000);
        var (committed, delivered) = (pipeline.Committed.Of(Orders.Name), pipeline.Delivered.Of(Orders.Name));
        Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, [.. delivered.Take(committed.Count)]));
        Assert.All(delivered.Skip(committed.Count), static change => Assert.Equal(ChangeOperation.Delete, change.Operation));
    }

    /// <summary>Both hosts, after these statements.</summary>
    private async Task<SandboxPipeline> StartAsync(params string[] before)
    {
        var pipeline = await PrepareAsync(Configuration());
        await ExecuteAsync(before);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        return pipeline;
    }
}
