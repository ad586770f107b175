namespace DStream.Configuration.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1m1s1ms", 61_001)]
    [InlineData("1500us", 1.5)]
    [InlineData("2\u00b5s", 0.002)]
    [InlineData("100ns", 0.0001)]
    public void TryParse_Duration_GivesTime(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-5s")]
    [InlineData("5 seconds")]
    [InlineData("5S")]
    [InlineData("1d")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("1e3s")]
    [InlineData("9999999999999999999h")]
    [InlineData("999999999999h")]
    [InlineData("5s5")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("1h30m")]
    [InlineData("24h")]
    [InlineData("1m")]
    [InlineData("1ms")]
    [InlineData("1m5s500ms")]
    [InlineData("0s")]
    public void Format_ParsedDuration_GivesItBack(string text)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(text, GoDuration.Format(duration));
    }
}
