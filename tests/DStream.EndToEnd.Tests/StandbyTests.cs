using Azure.Storage.Blobs;
using DStream.Hosting;
using DStream.Sandbox;

namespace DStream.EndToEnd.Tests;

/// <summary>Two ingesters on the same tables, with leases on a real Azurite or storage account.</summary>
public sealed class StandbyTests(BlobFixture blobs) : EndToEndTest
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly string _container = $"locks-{Guid.NewGuid():n}";

    internal override SandboxConnections Connections => Servers.Connections with { Blob = blobs.ConnectionString };

    [Fact]
    public async Task TwoIngesters_OneWorksAndTheOtherTakesOver()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        var locks = SandboxConfiguration.AzuriteLocks.Replace("\"locks\"", $"\"{_container}\"\nlease_duration = \"15s\"", StringComparison.Ordinal);
        await using var pipeline = await PrepareAsync(Configuration(locks: locks));
        var container = new BlobContainerClient(blobs.ConnectionString, _container);
        Assert.False(await container.ExistsAsync(Stop));
        var router = LaunchRouter(pipeline);
        var first = LaunchIngester(pipeline);
        await SaysAsync(first, "owned: capture instance");
        Assert.True(await container.ExistsAsync(Stop));
        var second = LaunchIngester(pipeline);
        await SaysAsync(second, "standing by");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var workload = pipeline.CommitAsync(changes: null, rate: 120, enough.Token);
        await DeliveredAsync(pipeline, 200);

        first.Kill();
        await SaysAsync(second, "owned: capture instance");
        var third = LaunchIngester(pipeline);
        await SaysAsync(third, "standing by");
        await DeliveredAsync(pipeline, pipeline.Delivered.Count + 200);

        await second.TerminateAsync();
        Assert.Equal(ExitCodes.Success, await second.ExitCodeAsync());
        var ended = TimeProvider.System.GetTimestamp();
        await SaysAsync(third, "owned: capture instance");
        Assert.True(TimeProvider.System.GetElapsedTime(ended) < Lease / 2, "A released lease was not taken over at once.");
        Assert.Equal(2, Count(second, "released"));

        await DeliveredAsync(pipeline, pipeline.Delivered.Count + 200);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workload);
        await AssertCleanAsync(pipeline);
        Assert.Equal(0, Count(first, "standing by"));
        await container.DeleteIfExistsAsync(cancellationToken: Stop);
        router.Kill();
    }

    /// <summary>Waits until it has said so of both tables.</summary>
    private static Task SaysAsync(HostProcess host, string text) =>
        Eventually.HoldsAsync(() => host.HasExited || Count(host, text) == 2, $"a host that says '{text}' of both tables");

    private static int Count(HostProcess host, string text) =>
        host.Output.Count(line => line.Contains("Table dbo.", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal));
}
