using DStream.Hosting;

namespace DStream.EndToEnd.Tests;

/// <summary>The built programs as processes of their own, stopped and killed in the middle of a workload.</summary>
public sealed class RestartTests : EndToEndTest
{
    [Fact]
    public async Task Hosts_Terminated_ExitWellAndGoOnWhereTheyStopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await RestartEachAsync(async host =>
        {
            var began = TimeProvider.System.GetTimestamp();
            await host.TerminateAsync();
            Assert.Equal(ExitCodes.Success, await host.ExitCodeAsync());
            Assert.True(TimeProvider.System.GetElapsedTime(began) < GracefulWork.ShutdownTimeout, "It took too long to stop.");
            Assert.Empty(host.Errors);
        });
    }

    [Fact]
    public async Task Hosts_Killed_NothingIsLostOrDuplicatedOrReordered() => await RestartEachAsync(static async host =>
    {
        host.Kill();
        await host.ExitCodeAsync();
    });

    private async Task RestartEachAsync(Func<HostProcess, Task> end)
    {
        await using var pipeline = await PrepareAsync(Configuration());
        var router = LaunchRouter(pipeline);
        var ingester = LaunchIngester(pipeline);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var workload = pipeline.CommitAsync(changes: null, rate: 400, enough.Token);

        await DeliveredAsync(pipeline, 300);
        await end(ingester);
        ingester = LaunchIngester(pipeline);
        await DeliveredAsync(pipeline, pipeline.Delivered.Count + 300);
        await end(router);
        router = LaunchRouter(pipeline);
        await DeliveredAsync(pipeline, pipeline.Delivered.Count + 300);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workload);

        await AssertCleanAsync(pipeline);
        await end(ingester);
        await end(router);
    }
}
