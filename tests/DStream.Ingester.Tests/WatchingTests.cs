using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Ingester.Tests;

/// <summary>What the database is asked while nothing happens, and how soon a change is seen after that.</summary>
public sealed class WatchingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly string[] Tables = [.. Enumerable.Range(0, 20).Select(static n => $"T{n}")];

    private readonly FakeTimeProvider _time = new();
    private int _maxLsn;
    private int _findChanged;
    private int _reads;

    [Fact]
    public async Task Idle_ManyTables_OneQueryAnInterval()
    {
        await using var rig = await StartAsync();
        await TickAsync(1);
        var reads = Volatile.Read(ref _reads);

        await TickAsync(20);

        Assert.Equal(0, Volatile.Read(ref _findChanged));
        Assert.Equal(reads, Volatile.Read(ref _reads));
    }

    [Fact]
    public async Task Quiet_DatabaseMovedOn_IsAskedOnceAndNotRead()
    {
        await using var rig = await StartAsync();
        await TickAsync(12);
        var reads = Volatile.Read(ref _reads);

        // All workers are in the middle of a backoff that is far longer than these ticks.
        rig.Source.AdvanceIdle();
        await TickAsync(1);
        var end = rig.Source.AdvanceIdle();
        await TickAsync(1);
        Assert.Equal(2, Volatile.Read(ref _findChanged));
        await TickAsync(10);

        Assert.Equal(2, Volatile.Read(ref _findChanged));
        Assert.Equal(reads, Volatile.Read(ref _reads));
        await rig.Ingester.StopAsync();
        Assert.All(Tables, table => Assert.Equal(ChangePosition.EndOf(end), rig.Rig.Saved(table)));
    }

    [Fact]
    public async Task Quiet_BackedOffLongerThanTheIdleInterval_PositionIsSavedInTime()
    {
        await using var rig = await StartAsync(maxPoll: TimeSpan.FromHours(2));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMinutes(1), () => _time.GetUtcNow() - _time.Start > TimeSpan.FromHours(3), "three hours");
        await TickAsync(1);

        var end = rig.Source.AdvanceIdle();
        await TickAsync(65);
        await Eventually.SettlesAsync(() => Tables.Count(table => rig.Rig.Saved(table) == ChangePosition.EndOf(end)));

        Assert.All(Tables, table => Assert.Equal(ChangePosition.EndOf(end), rig.Rig.Saved(table)));
    }

    [Fact]
    public async Task Change_OfATableBackedOff_IsReadWithinTheBaseInterval()
    {
        await using var rig = await StartAsync(maxPoll: TimeSpan.FromHours(2));
        await Eventually.HoldsAsync(_time, TimeSpan.FromMinutes(1), () => _time.GetUtcNow() - _time.Start > TimeSpan.FromHours(3), "three hours");
        await TickAsync(1);
        var reads = Volatile.Read(ref _reads);

        rig.Rig.Insert("T7", 3);
        await TickAsync(1);
        await rig.Rig.DeliveredAsync("T7");

        rig.Rig.AssertExact("T7");
        Assert.Equal(reads + 1, Volatile.Read(ref _reads));
    }

    [Fact]
    public async Task FindChanged_Fails_WatchGoesOnAndTablesPollAtTheirOwnPace()
    {
        await using var rig = await StartAsync(maxPoll: 8 * Second, fault: static operation => operation == InMemoryOperation.FindChanged
            ? new ProviderException("permission denied", isTransient: false)
            : null);
        rig.Rig.Insert("T3", 1);

        await TickAsync(20);
        await rig.Rig.DeliveredAsync("T3");

        Assert.True(Volatile.Read(ref _findChanged) > 0);
        rig.Rig.AssertExact("T3");
    }

    [Fact]
    public async Task FindChanged_CannotTell_TablesPollWithBackoff()
    {
        await using var rig = await StartAsync(maxPoll: 16 * Second, tables: ["T0"]);
        rig.Source.TellsChanged = false;
        var reads = Volatile.Read(ref _reads);

        // Polls at 2, 6, 14, 30, 46 and 62 s.
        for (var i = 0; i < 64; i++)
        {
            rig.Source.AdvanceIdle();
            await TickAsync(1);
            await Eventually.SettlesAsync(() => Volatile.Read(ref _reads));
        }

        Assert.InRange(Volatile.Read(ref _reads) - reads, 5, 7);
        rig.Rig.Insert("T0", 1);
        await TickAsync(16);
        await rig.Rig.DeliveredAsync("T0");
    }

    [Fact]
    public async Task Source_Away_IsAskedLessAndLessOftenAndAgainOnceItIsBack()
    {
        var away = false;
        await using var rig = await StartAsync(fault: _ => away ? new ProviderException("away", isTransient: true) : null);
        away = true;
        await TickAsync(1);
        var before = Volatile.Read(ref _maxLsn);
        for (var i = 0; i < 120; i++)
        {
            _time.Advance(Second);
            await Eventually.SettlesAsync(() => Volatile.Read(ref _maxLsn));
        }

        Assert.InRange(Volatile.Read(ref _maxLsn) - before, 4, 14);
        away = false;
        rig.Rig.Insert("T1", 1);
        await Eventually.HoldsAsync(_time, Second, () => rig.Rig.Delivered("T1").Count == 1, "the change");
    }

    [Fact]
    public async Task Page_IsReadAheadWhileOneIsSent_ButNotTwo()
    {
        await using var rig = new IngestRig { PageBytes = 200 };
        rig.AddTables("Orders");
        rig.Insert("Orders", 300, rowsEach: 300);
        Count(rig, null);
        var (first, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Senders.Sending = async (_, _, token) =>
        {
            first.TrySetResult();
            await go.Task.WaitAsync(token);
        };
        await using var ingester = await rig.StartAsync("Orders");
        await first.Task.WaitAsync(IngestRig.Stop);
        await Eventually.SettlesAsync(() => Volatile.Read(ref _reads));

        Assert.Equal(2, Volatile.Read(ref _reads));
        go.SetResult();
        await rig.DeliveredAsync("Orders");
        rig.AssertExact("Orders");
    }

    private void Count(IngestRig rig, Func<string, Exception?>? fault) => rig.Source.Fault = (operation, _) =>
    {
        if (operation == InMemoryOperation.MaxLsn) Interlocked.Increment(ref _maxLsn);
        if (operation == InMemoryOperation.FindChanged) Interlocked.Increment(ref _findChanged);
        if (operation == InMemoryOperation.Read) Interlocked.Increment(ref _reads);
        return fault?.Invoke(operation);
    };

    /// <summary>A database with a past, and an ingester that has caught up with it.</summary>
    private async Task<Watched> StartAsync(TimeSpan? maxPoll = null, Func<string, Exception?>? fault = null, string[]? tables = null)
    {
        var rig = new IngestRig(_time, leaseDuration: TimeSpan.FromDays(1)) { Poll = Second, MaxPoll = maxPoll ?? TimeSpan.FromMinutes(30), IdleInterval = TimeSpan.FromMinutes(1) };
        rig.AddTables(Tables);
        var end = rig.Source.AdvanceIdle();
        Count(rig, fault);
        var ingester = await rig.StartAsync(tables ?? Tables);
        await Eventually.HoldsAsync(() => (tables ?? Tables).All(table => ingester.HasReached(table, end)), "all tables at the end");
        return new Watched(rig, ingester);
    }

    /// <summary>Moves the clock by whole intervals; the watcher looks once in each.</summary>
    private async Task TickAsync(int intervals)
    {
        for (var i = 0; i < intervals; i++)
        {
            await Eventually.SettlesAsync(() => Volatile.Read(ref _maxLsn) + Volatile.Read(ref _findChanged) + Volatile.Read(ref _reads));
            var before = Volatile.Read(ref _maxLsn);
            _time.Advance(Second);
            await Eventually.HoldsAsync(() => Volatile.Read(ref _maxLsn) > before, "the watcher's look");
            await Eventually.SettlesAsync(() => Volatile.Read(ref _maxLsn) + Volatile.Read(ref _findChanged) + Volatile.Read(ref _reads));
            Assert.Equal(before + 1, Volatile.Read(ref _maxLsn));
        }
    }

    private sealed record Watched(IngestRig Rig, RunningIngester Ingester) : IAsyncDisposable
    {
        public InMemoryChangeSource Source => Rig.Source;

        public ValueTask DisposeAsync() => Rig.DisposeAsync();
    }
}
