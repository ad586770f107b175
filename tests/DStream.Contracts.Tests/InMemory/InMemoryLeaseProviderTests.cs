using DStream.Core;
using DStream.InMemory;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryLeaseProviderTests : LeaseProviderContract
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryLeaseProvider _provider;

    public InMemoryLeaseProviderTests() => _provider = new InMemoryLeaseProvider(_time, Duration);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Lease_RenewedForLong_StaysHeld()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);

        Run(20 * Duration);

        Assert.True(lease!.IsHeld);
        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.Null(await _provider.TryAcquireAsync("a", Stop));
    }

    [Fact]
    public async Task Lease_RenewalsStop_IsLostBeforeItIsFree()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);
        _provider.StopRenewing("a");

        _time.Advance(Duration - _provider.Margin);

        Assert.True(lease!.Lost.IsCancellationRequested);
        Assert.False(lease.IsHeld);
        Assert.Null(await _provider.TryAcquireAsync("a", Stop));
        _time.Advance(_provider.Margin);
        Assert.NotNull(await _provider.TryAcquireAsync("a", Stop));
    }

    [Fact]
    public async Task Lease_OneRenewalFails_IsHeldByTheNext()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);
        var failures = 0;
        _provider.Fault = (operation, _) => operation == InMemoryOperation.Renew && failures++ == 0 ? new ProviderException("lost", isTransient: true) : null;

        Run(3 * Duration);

        Assert.True(failures > 1);
        Assert.True(lease!.IsHeld);
    }

    [Fact]
    public async Task Break_Held_IsLostAtOnceAndFree()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);

        Assert.True(_provider.Break("a"));

        Assert.True(lease!.Lost.IsCancellationRequested);
        Assert.NotNull(await _provider.TryAcquireAsync("a", Stop));
    }

    [Fact]
    public async Task Steal_Held_BelongsToTheThief()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);

        await using var stolen = _provider.Steal("a");

        Assert.True(lease!.Lost.IsCancellationRequested);
        Assert.True(stolen.IsHeld);
        await lease.DisposeAsync();
        Assert.Same(stolen, _provider.HolderOf("a"));
    }

    [Fact]
    public async Task Lease_ProcessSuspendedPastTheEnd_IsNotHeldAnyMore()
    {
        await using var lease = await _provider.TryAcquireAsync("a", Stop);

        // One leap: the clock is at its end before any timer runs, as after a suspension.
        _time.Advance(2 * Duration);

        Assert.False(lease!.IsHeld);
        Assert.NotNull(await _provider.TryAcquireAsync("a", Stop));
    }

    // In steps, since this clock has leapt to the end before it runs the timers.
    private void Run(TimeSpan duration)
    {
        for (var step = 0; step < duration / (Duration / 6); step++) _time.Advance(Duration / 6);
    }

    protected override ValueTask<(ILeaseProvider First, ILeaseProvider Second)> OpenAsync() => new((_provider, _provider));
}
