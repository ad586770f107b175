using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.AzureBlob.Tests;

/// <summary>An owner that dies, and a standby, against an Azurite of their own.</summary>
public abstract class TakeoverTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each class runs beside the others, since each waits out a lease.</summary>
    public sealed class ServerGone : TakeoverTests
    {
        [Fact]
        public async Task Lost_ServerGone_BeforeTheLeaseRunsOut() => await AssertLostInTimeAsync(static server => server.StopAsync(Stop));
    }

    public sealed class ServerSilent : TakeoverTests
    {
        [Fact]
        public async Task Lost_ServerSilent_BeforeTheLeaseRunsOut() => await AssertLostInTimeAsync(static server => server.FreezeAsync(Stop));
    }

    public sealed class OwnerSuspended : TakeoverTests
    {
        [Fact]
        public async Task TryAcquireAsync_OwnerStopsRenewing_IsGrantedAfterTheOwnerSawTheEnd()
        {
            await using var server = await StartAsync();
            // The owner's clock stands still, so that it never renews: to the server it is dead.
            var ownersClock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
            await using var owned = await Provider(server, ownersClock).TryAcquireAsync("a", Stop);
            var standby = Provider(server, TimeProvider.System);
            Assert.Null(await standby.TryAcquireAsync("a", Stop));

            await using var taken = await Waiting.UntilAsync(() => standby.TryAcquireAsync("a", Stop), Stop);

            Assert.True(taken.IsHeld);
            // It wakes: the first look at the clock tells it, before a timer has run.
            ownersClock.AdjustTime(ownersClock.GetUtcNow() + Duration);
            Assert.False(owned!.IsHeld);
        }
    }

    public sealed class OwnerAlive : TakeoverTests
    {
        [Fact]
        public async Task TryAcquireAsync_OwnerRenews_IsRefusedPastTheDurationThenGrantedOnRelease()
        {
            await using var server = await StartAsync();
            var start = TimeProvider.System.GetTimestamp();
            var owned = await Provider(server, TimeProvider.System).TryAcquireAsync("a", Stop);
            var standby = Provider(server, TimeProvider.System);

            // Until the first grant would have run out, asking all the time.
            var refusals = 0;
            while (TimeProvider.System.GetElapsedTime(start) < Duration + TimeSpan.FromSeconds(2))
            {
                Assert.Null(await standby.TryAcquireAsync("a", Stop));
                refusals++;
                await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, Stop);
            }

            Assert.True(refusals > 10);
            Assert.True(owned!.IsHeld);
            await owned.DisposeAsync();
            await using var taken = await standby.TryAcquireAsync("a", Stop);
            Assert.True(taken!.IsHeld);
        }
    }

    private static async Task AssertLostInTimeAsync(Func<AzuriteServer, Task> fail)
    {
        await using var server = await StartAsync();
        var before = TimeProvider.System.GetTimestamp();
        await using var lease = await Provider(server, TimeProvider.System).TryAcquireAsync("a", Stop);

        await fail(server);

        await Waiting.UntilCancelledAsync(lease!.Lost, Stop);
        var after = TimeProvider.System.GetElapsedTime(before);
        Assert.False(lease.IsHeld);
        Assert.InRange(after, Duration / 3, Duration - TimeSpan.FromSeconds(1));
    }

    private static async Task<AzuriteServer> StartAsync()
    {
        var executable = AzuriteServer.Executable();
        Assert.SkipWhen(executable is null, AzuriteServer.Remedy);
        return await AzuriteServer.StartAsync(executable, Stop);
    }

    private static AzureBlobLeaseProvider Provider(AzuriteServer server, TimeProvider time) => new(
        new AzureBlobLeaseOptions { ConnectionString = server.ConnectionString, LeaseDuration = Duration }, time, NullLogger<AzureBlobLeaseProvider>.Instance);
}
