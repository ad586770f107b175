using CsCheck;

namespace DStream.Core.Tests;

public sealed class BatchSizerTests
{
    private const int PageBytes = 4 * 1024 * 1024;

    [Fact]
    public void Next_NothingSeen_AssumesRowsOfAKilobyte() => Assert.Equal(new PageLimits(4096, PageBytes), new BatchSizer(PageBytes).Next);

    [Fact]
    public void Next_ManyPagesOfOneWidth_AsksForOnePageFull()
    {
        var sizer = new BatchSizer(PageBytes);

        for (var page = 0; page < 40; page++) sizer.Observe(1000, 200 * 1000);

        Assert.InRange(sizer.Next.MaxRows, (PageBytes / 200) - 1, PageBytes / 200);
    }

    [Fact]
    public void Next_RowsGrowWide_FollowsWithinAFewPages()
    {
        var sizer = new BatchSizer(PageBytes);
        for (var page = 0; page < 20; page++) sizer.Observe(1000, 100 * 1000);

        for (var page = 0; page < 4; page++) sizer.Observe(100, 100 * 20_000);

        Assert.InRange(sizer.Next.MaxRows, 100, 2 * PageBytes / 20_000);
    }

    [Fact]
    public void Observe_EmptyPage_ChangesNothing()
    {
        var sizer = new BatchSizer(PageBytes);

        sizer.Observe(0, 0);

        Assert.Equal(new BatchSizer(PageBytes).Next, sizer.Next);
    }

    [Fact]
    public void Next_AnyPages_StaysWithinItsBounds() =>
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, int.MaxValue]).Array[0, 20]).Sample(static (pageBytes, pages) =>
        {
            var sizer = new BatchSizer(pageBytes);
            foreach (var (rows, bytes) in pages) sizer.Observe(rows, bytes);

            Assert.InRange(sizer.Next.MaxRows, 100, 50_000);
            Assert.Equal(pageBytes, sizer.Next.MaxBytes);
        });
}
