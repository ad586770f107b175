using CsCheck;

namespace DStream.Core.Tests;

public sealed class PollingScheduleTests
{
    private static readonly PollingSchedule Schedule = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));

    private static readonly Gen<PollingSchedule> AnySchedule = Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[0, 1_000_000]).Select(
        static (milliseconds, more) => new PollingSchedule(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds + more)));

    [Fact]
    public void AfterChanges_Always_IsTheBaseInterval() => Assert.Equal(TimeSpan.FromSeconds(5), Schedule.AfterChanges);

    [Fact]
    public void AfterIdle_AgainAndAgain_DoublesToTheMaximum()
    {
        var waits = new List<double>();
        var wait = Schedule.AfterChanges;

        for (var poll = 0; poll < 7; poll++) waits.Add((wait = Schedule.AfterIdle(wait)).TotalSeconds);

        Assert.Equal([10, 20, 40, 80, 120, 120, 120], waits);
    }

    [Fact]
    public void AfterIdle_ShorterThanTheBase_IsTheBase() => Assert.Equal(TimeSpan.FromSeconds(5), Schedule.AfterIdle(TimeSpan.Zero));

    [Theory]
    [InlineData(1, 0.0, 5)]
    [InlineData(1, 0.5, 7.5)]
    [InlineData(2, 0.0, 10)]
    [InlineData(3, 0.0, 20)]
    [InlineData(4, 0.0, 40)]
    [InlineData(5, 0.0, 60)]
    [InlineData(100, 0.0, 60)]
    [InlineData(int.MaxValue, 0.5, 90)]
    public void AfterFailure_Failures_DoublesWithJitter(int failures, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Schedule.AfterFailure(failures, random));

    [Fact]
    public void AfterIdle_AnyWait_LiesBetweenBaseAndMaximum() => Gen.Select(AnySchedule, Gen.Long[0, long.MaxValue]).Sample(static (schedule, ticks) =>
    {
        var wait = schedule.AfterIdle(TimeSpan.FromTicks(ticks));
        return wait >= schedule.BaseInterval && wait <= schedule.MaxInterval;
    });

    [Fact]
    public void AfterFailure_AnyCount_LiesBetweenHalfAndAllOfTheDoubled() =>
        Gen.Select(AnySchedule, Gen.Int[1, 1000], Gen.Double[0, 0.999]).Sample(static (schedule, failures, random) =>
        {
            var wait = schedule.AfterFailure(failures, random);
            var doubled = Math.Min(schedule.BaseInterval.Ticks * Math.Pow(2, failures), schedule.MaxInterval.Ticks);
            // Ticks are whole, and doubles of this size are exact to far less than one of them.
            Assert.InRange(wait.Ticks, (doubled / 2) - 1, doubled + 1);
            Assert.True(schedule.AfterFailure(failures + 1, random) >= wait);
        });
}
