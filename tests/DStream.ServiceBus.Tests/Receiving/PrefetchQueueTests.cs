using DStream.ServiceBus.Receiving;

namespace DStream.ServiceBus.Tests.Receiving;

public sealed class PrefetchQueueTests
{
    [Fact]
    public void TakeCredit_Empty_AsksForAllOnce()
    {
        var queue = new PrefetchQueue(100, 1 << 20);

        Assert.Equal(100, queue.TakeCredit());
        Assert.Equal(0, queue.TakeCredit());
    }

    [Fact]
    public void TakeCredit_HalfTaken_AsksForTheHalf()
    {
        var queue = new PrefetchQueue(100, 1 << 20);
        queue.TakeCredit();
        for (var i = 0; i < 60; i++) queue.Add(Delivered(10));

        queue.Take(49, []);
        var early = queue.TakeCredit();
        queue.Take(1, []);

        Assert.Equal((0, 50), (early, queue.TakeCredit()));
    }

    [Fact]
    public void TakeCredit_LargeMessages_KeepsToTheBytes()
    {
        var queue = new PrefetchQueue(100, 1 << 20);
        queue.TakeCredit();
        for (var i = 0; i < 100; i++) queue.Add(Delivered(256 * 1024));

        queue.Take(100, []);

        Assert.Equal(4, queue.TakeCredit()); // I6
    }

    [Fact]
    public async Task ArrivalAsync_AddOrWake_Ends()
    {
        var queue = new PrefetchQueue(100, 1 << 20);
        var first = queue.ArrivalAsync();
        var pending = first.IsCompleted;

        queue.Wake();
        await first;
        var second = queue.ArrivalAsync();
        queue.Add(Delivered(10));
        await second;

        Assert.False(pending);
    }

    private static Delivered Delivered(int bytes) => new(Guid.NewGuid(), 1, new byte[bytes], default);
}
