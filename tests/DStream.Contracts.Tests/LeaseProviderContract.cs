using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>What every <see cref="ILeaseProvider"/> must do (I2).</summary>
public abstract class LeaseProviderContract : IAsyncLifetime
{
    private ILeaseProvider First { get; set; } = null!;

    private ILeaseProvider Second { get; set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (First, Second) = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task TryAcquireAsync_Free_IsHeld()
    {
        var name = NewName();

        await using var lease = await First.TryAcquireAsync(name, Stop);

        Assert.NotNull(lease);
        Assert.Equal(name, lease.Name);
        Assert.True(lease.IsHeld);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task TryAcquireAsync_HeldByAnother_ReturnsNull()
    {
        var name = NewName();
        await using var lease = await First.TryAcquireAsync(name, Stop);

        Assert.Null(await Second.TryAcquireAsync(name, Stop));
        Assert.True(lease!.IsHeld);
    }

    [Fact]
    public async Task TryAcquireAsync_HeldByOneself_ReturnsNull()
    {
        var name = NewName();
        await using var lease = await First.TryAcquireAsync(name, Stop);

        Assert.Null(await First.TryAcquireAsync(name, Stop));
    }

    [Fact]
    public async Task TryAcquireAsync_Released_IsFreeAtOnce()
    {
        var name = NewName();
        var lease = await First.TryAcquireAsync(name, Stop);
        await lease!.DisposeAsync();

        await using var next = await Second.TryAcquireAsync(name, Stop);

        Assert.True(next!.IsHeld);
    }

    [Fact]
    public async Task TryAcquireAsync_ManyAtOnce_OneGetsIt()
    {
        var name = NewName();

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? First : Second).TryAcquireAsync(name, Stop).AsTask()));

        await Assert.Single(leases, static lease => lease is not null)!.DisposeAsync();
    }

    [Fact]
    public async Task TryAcquireAsync_DistinctNames_AreDistinctLeases()
    {
        var prefix = NewName();
        string[] names =
        [
            prefix + "/db/dbo.a", prefix + "/db/dbo.A", prefix + "/db/dbo.[a b]", prefix + "/db/dbo.[a%20b]", prefix + "/db/dbo.[a/b]", prefix + "/db/dbo.[a%2Fb]",
            prefix + "/db/dbo.[a\\b]", prefix + "/db/dbo.[a.]", prefix + "/db/dbo.[a]]]", prefix + "/db/dbo.[ä]", prefix + "/db/dbo.[a\u0308]", prefix + "/db/dbo.[\U0001F600]",
            prefix + "/db/dbo.[a?#&=+]", prefix + "/db/" + new string('x', 128) + ".[" + new string('\u00E4', 128) + "]",
            prefix + "/db/" + new string('x', 128) + ".[" + new string('\u00E4', 127) + "\u00F6]",
        ];
        var leases = new List<ILease?>();

        foreach (var name in names) leases.Add(await First.TryAcquireAsync(name, Stop));

        Assert.All(leases, static lease => Assert.True(lease?.IsHeld));
        foreach (var name in names) Assert.Null(await Second.TryAcquireAsync(name, Stop));
        foreach (var lease in leases) await lease!.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_Held_StopsTheOwnerFirst()
    {
        var lease = await First.TryAcquireAsync(NewName(), Stop);
        var lost = lease!.Lost;

        await lease.DisposeAsync();

        Assert.False(lease.IsHeld);
        Assert.True(lost.IsCancellationRequested);
    }

    [Fact]
    public async Task DisposeAsync_Twice_LeavesTheNextOwnerAlone()
    {
        var name = NewName();
        var lease = await First.TryAcquireAsync(name, Stop);
        await lease!.DisposeAsync();
        await using var next = await Second.TryAcquireAsync(name, Stop);

        await lease.DisposeAsync();

        Assert.True(next!.IsHeld);
        Assert.Null(await First.TryAcquireAsync(name, Stop));
    }

    [Fact]
    public async Task TryAcquireAsync_CancelledToken_Throws() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await First.TryAcquireAsync(NewName(), new CancellationToken(canceled: true)));

    /// <summary>Opens two providers on one store, as two processes would.</summary>
    protected abstract ValueTask<(ILeaseProvider First, ILeaseProvider Second)> OpenAsync();

    private static string NewName() => "lease-" + Guid.NewGuid().ToString("N");
}
