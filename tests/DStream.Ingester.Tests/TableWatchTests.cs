using DStream.Core;

namespace DStream.Ingester.Tests;

public sealed class TableWatchTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly TableWatch _watch = new(
        new TableDescription(IngestRig.Table("Orders"), "dbo_Orders", At(1), ["ID"], ["ID"], FunctionOrder: false), TimeSpan.FromSeconds(1),
        ChangePosition.Before(At(1)));

    [Fact]
    public async Task Wake_BetweenTwoWaits_EndsTheSecondAtOnce()
    {
        Assert.False(await WaitAsync(1, TimeSpan.Zero));
        Assert.NotNull(_watch.WaitingBefore(At(5)));

        _watch.Wake();

        Assert.True(await WaitAsync(1, Long));
        Assert.False(await WaitAsync(1, TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitingBefore_WorkerReads_IsNull()
    {
        await WaitAsync(1, TimeSpan.Zero);
        _watch.EndWait();

        Assert.Null(_watch.WaitingBefore(At(5)));
    }

    [Fact]
    public async Task SetQuiet_Waiting_IsNotAskedAgainUpToThere()
    {
        await WaitAsync(1, TimeSpan.Zero);

        _watch.SetQuiet(At(5));

        Assert.Null(_watch.WaitingBefore(At(5)));
        Assert.Equal(ChangePosition.EndOf(At(5)), _watch.WaitingBefore(At(6))!.Value.Position);
        Assert.Equal(ChangePosition.EndOf(At(5)), _watch.SkipQuiet(ChangePosition.Before(At(1))));
    }

    [Fact]
    public async Task SetQuiet_WorkerIsFurtherByNow_DoesNotGoBack()
    {
        await WaitAsync(8, TimeSpan.Zero);

        _watch.SetQuiet(At(5));

        Assert.Equal(ChangePosition.EndOf(At(8)), _watch.SkipQuiet(ChangePosition.EndOf(At(8))));
        Assert.Equal(ChangePosition.EndOf(At(8)), _watch.WaitingBefore(At(9))!.Value.Position);
    }

    private static Lsn At(int number) => Lsn.Parse(number.ToString("D20", System.Globalization.CultureInfo.InvariantCulture));

    private ValueTask<bool> WaitAsync(int position, TimeSpan interval) =>
        _watch.WaitAsync(ChangePosition.EndOf(At(position)), interval, TimeProvider.System, IngestRig.Stop);
}
