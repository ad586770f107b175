using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Ingester.Tests;

/// <summary>I2: one owner at a time, whatever happens to it.</summary>
public sealed class OwnershipTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task TwoIngesters_OneWorksAndTheOtherTakesOverOnItsStop()
    {
        await using var rig = new IngestRig(leaseDuration: Short);
        rig.AddTables("Orders");
        rig.Insert("Orders", 20);
        await using var first = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => first.State("Orders") == TableState.Running, "the first running");
        var others = new InterceptedSenders(rig.Broker) { Sending = static (_, _, _) => throw new InvalidOperationException("Not the owner.") };
        await using var second = await rig.StartAsync(others, "Orders");
        await Eventually.HoldsAsync(() => second.State("Orders") == TableState.Standby, "the second standing by");
        rig.Insert("Orders", 20);
        await rig.DeliveredAsync("Orders");

        others.Sending = null;
        await first.StopAsync();
        rig.Insert("Orders", 20);
        await rig.DeliveredAsync("Orders");

        Assert.Equal(TableState.Stopped, first.State("Orders"));
        rig.AssertExact("Orders");
        Assert.Equal(0, rig.Broker.Counts(IngestRig.Queue).Duplicates);
        Assert.Equal(2, rig.Checkpoints.Find(IngestRig.Key("Orders"))!.Epoch);
    }

    [Fact]
    public async Task TwoIngesters_TableSpeltDifferently_OneWorks()
    {
        await using var rig = new IngestRig(leaseDuration: Short);
        rig.AddTables("Orders");
        await using var first = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => first.State("Orders") == TableState.Running, "the first running");

        await using var second = await rig.StartAsync("ORDERS");

        await Eventually.HoldsAsync(() => second.State("Orders") is TableState.Standby or TableState.Running, "the second's state");
        Assert.Equal(TableState.Standby, second.State("Orders"));
    }

    [Fact]
    public async Task Lease_RunsOutDuringASend_SendEndsBeforeTheLeaseIsFree()
    {
        var time = new FakeTimeProvider();
        await using var rig = new IngestRig(time) { Poll = TimeSpan.FromSeconds(1), MaxPoll = TimeSpan.FromSeconds(4) };
        rig.AddTables("Orders");
        rig.Insert("Orders", 30);
        var (sending, wasHeld) = (new TaskCompletionSource(), new List<bool>());
        rig.Senders.Sending = async (_, _, token) =>
        {
            if (!sending.TrySetResult()) return;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
            }
            catch (OperationCanceledException)
            {
                wasHeld.Add(rig.Leases.HolderOf(IngestRig.Lease("Orders")) is not null);
                throw;
            }
        };
        await using var ingester = await rig.StartAsync("Orders");
        await sending.Task.WaitAsync(IngestRig.Stop);

        rig.Leases.StopRenewing(IngestRig.Lease("Orders"));
        await Eventually.HoldsAsync(time, TimeSpan.FromSeconds(1), () => rig.Delivered("Orders").Count == 30, "the changes, sent by the next owner");

        Assert.Equal([true], wasHeld);
        rig.AssertExact("Orders");
        Assert.Equal(2, rig.Checkpoints.Find(IngestRig.Key("Orders"))!.Epoch);
    }

    [Fact]
    public async Task Lease_StolenDuringASend_ZombieIsFencedAndOwnersDoNotInterleave()
    {
        await using var rig = new IngestRig(leaseDuration: TimeSpan.FromSeconds(30)) { PageBytes = 100 };
        rig.AddTables("Orders");
        rig.Insert("Orders", 30);
        var (sending, finish, zombieSends) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        rig.Senders.Sending = async (_, _, _) =>
        {
            // Deaf to its token, as a client library whose request is on the wire already.
            zombieSends++;
            sending.TrySetResult();
            await finish.Task;
        };
        await using var zombie = await rig.StartAsync("Orders");
        await sending.Task.WaitAsync(IngestRig.Stop);
        var before = rig.Saved("Orders");

        // It goes to a new owner, whose epoch fences the old one.
        await rig.Leases.Steal(IngestRig.Lease("Orders")).DisposeAsync();
        var owner = new InterceptedSenders(rig.Broker);
        await using var second = await rig.StartAsync(owner, "Orders");
        await rig.DeliveredAsync("Orders");
        await Eventually.HoldsAsync(() => rig.Saved("Orders")?.IsEndOfTransaction == true, "the new owner's position");
        var saved = rig.Saved("Orders");
        rig.Senders.Sending = (_, _, _) =>
        {
            zombieSends++;
            return Task.CompletedTask;
        };
        finish.SetResult();
        await Eventually.HoldsAsync(() => zombie.State("Orders") == TableState.Standby, "the old owner standing by");

        Assert.Equal(1, zombieSends);
        Assert.True(saved > before);
        Assert.Equal(2, rig.Checkpoints.Find(IngestRig.Key("Orders"))!.Epoch);
        rig.AssertExact("Orders");
    }

    [Fact]
    public async Task Process_SuspendedPastItsLease_SendsNothingMore()
    {
        var time = new LeapingTime();
        await using var rig = new IngestRig(time, leaseDuration: TimeSpan.FromSeconds(30));
        rig.AddTables("Orders");
        rig.Insert("Orders", 5);
        ILease? other = null;
        var sends = 0;
        rig.Senders.Sending = (_, _, _) => Task.FromResult(++sends);
        rig.Source.Fault = (operation, _) =>
        {
            if (operation != InMemoryOperation.Read || other is not null) return null;
            // SIGSTOP in the middle of a read: an hour later no timer has run yet, and somebody else has the lease.
            time.Leap(TimeSpan.FromHours(1));
            other = rig.Leases.TryAcquireAsync(IngestRig.Lease("Orders"), IngestRig.Stop).AsTask().GetAwaiter().GetResult();
            return null;
        };

        await using var ingester = await rig.StartAsync("Orders");
        await Eventually.HoldsAsync(() => ingester.State("Orders") == TableState.Standby, "standing by");

        Assert.NotNull(other);
        Assert.Equal(0, sends);
        Assert.True(rig.Saved("Orders")?.IsBeforeTransaction);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task SaveAsync_LaterEpochBegun_IsRefused()
    {
        var store = new InMemoryCheckpointStore();
        var table = IngestRig.Key("Orders");
        var mine = await store.BeginEpochAsync(table, "me", IngestRig.Stop);
        var writer = Writer(store, mine, new FixedLease(isHeld: true));
        await writer.SaveAsync(At(1), IngestRig.Stop);
        await store.BeginEpochAsync(table, "other", IngestRig.Stop);

        await Assert.ThrowsAsync<OwnershipLostException>(() => writer.SaveAsync(At(2), IngestRig.Stop).AsTask());

        Assert.Equal(At(1), store.Find(table)!.Position);
    }

    [Fact]
    public async Task SaveAsync_LeaseRanOut_DoesNotAskTheStore()
    {
        var store = new InMemoryCheckpointStore();
        var mine = await store.BeginEpochAsync(IngestRig.Key("Orders"), "me", IngestRig.Stop);

        await Assert.ThrowsAsync<OwnershipLostException>(
            () => Writer(store, mine, new FixedLease(isHeld: false)).SaveAsync(At(1), IngestRig.Stop).AsTask());

        Assert.Null(store.Find(IngestRig.Key("Orders"))!.Position);
    }

    [Fact]
    public async Task SaveAsync_TransactionReadAgain_SavesNothingUntilItIsPast()
    {
        var store = new InMemoryCheckpointStore();
        var table = IngestRig.Key("Orders");
        await store.BeginEpochAsync(table, "before", IngestRig.Stop);
        var inCommandOrder = new ChangePosition(Lsn(1), 7, Lsn(1), ChangeOperation.Insert);
        store.Set(table, inCommandOrder);
        var writer = Writer(store, await store.BeginEpochAsync(table, "me", IngestRig.Stop), new FixedLease(isHeld: true));

        await writer.SaveAsync(inCommandOrder with { CommandId = ChangePosition.NoCommandId, SeqVal = Lsn(9) }, IngestRig.Stop);
        var during = store.Find(table)!.Position;
        await writer.SaveAsync(ChangePosition.EndOf(Lsn(1)), IngestRig.Stop);

        Assert.Equal(inCommandOrder, during);
        Assert.Equal(ChangePosition.EndOf(Lsn(1)), store.Find(table)!.Position);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_InTheOtherReadOrderInsideATransaction_NothingIsLostOrDoubled(bool functionFirst)
    {
        await using var rig = new IngestRig { PageBytes = 100 };
        rig.AddTables("Orders");
        rig.Insert("Orders", 60, rowsEach: 60);
        rig.Source.FunctionOrder = functionFirst;
        var (sends, some) = (0, new TaskCompletionSource());
        rig.Senders.Sending = (_, _, _) =>
        {
            if (++sends == 5) some.SetResult();
            return Task.CompletedTask;
        };
        await using (var first = await rig.StartAsync("Orders"))
        {
            await some.Task.WaitAsync(IngestRig.Stop);
            await first.StopAsync();
        }

        Assert.True(rig.Saved("Orders")?.IsInsideTransaction);
        rig.Source.FunctionOrder = !functionFirst;
        await using var second = await rig.StartAsync("Orders");
        await rig.DeliveredAsync("Orders");
        await second.StopAsync();

        rig.AssertExact("Orders");
        Assert.True(rig.Broker.Counts(IngestRig.Queue).Duplicates > 0);
        Assert.True(rig.Saved("Orders")?.IsEndOfTransaction);
    }

    private static CheckpointWriter Writer(InMemoryCheckpointStore store, Checkpoint begun, ILease lease) => new(
        store, IngestRig.Key("Orders"), begun.Epoch, begun.Position, TimeSpan.FromMinutes(1), lease,
        new Resilience(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance), TimeProvider.System);

    private static Lsn Lsn(int number) => Core.Lsn.Parse(number.ToString("D20", System.Globalization.CultureInfo.InvariantCulture));

    private static ChangePosition At(int number) => ChangePosition.EndOf(Lsn(number));

    private sealed class FixedLease(bool isHeld) : ILease
    {
        public string Name => "fixed";

        public bool IsHeld => isHeld;

        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A clock that can leap without any timer running, as for a process that was suspended.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _leapt;

        public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _leapt);
    }
}
