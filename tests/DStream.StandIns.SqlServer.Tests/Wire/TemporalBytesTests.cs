using System.Globalization;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class TemporalBytesTests
{
    /// <summary>The rounding table of Microsoft's page on datetime.</summary>
    [Theory]
    [InlineData("2024-01-01T23:59:59.9999999", "2024-01-02T00:00:00.000")]
    [InlineData("2024-01-01T23:59:59.999", "2024-01-02T00:00:00.000")]
    [InlineData("2024-01-01T23:59:59.998", "2024-01-01T23:59:59.997")]
    [InlineData("2024-01-01T23:59:59.995", "2024-01-01T23:59:59.997")]
    [InlineData("2024-01-01T23:59:59.994", "2024-01-01T23:59:59.993")]
    [InlineData("2024-01-01T23:59:59.992", "2024-01-01T23:59:59.993")]
    [InlineData("2024-01-01T23:59:59.991", "2024-01-01T23:59:59.990")]
    [InlineData("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.997")]
    [InlineData("1753-01-01T00:00:00.001", "1753-01-01T00:00:00.000")]
    public void DateTime_OfAnyPrecision_RoundsToThreeHundredths(string value, string rounded)
    {
        using var buffer = new ByteBuffer();

        TemporalBytes.DateTime(buffer, Parse(value));

        var reader = new ByteReader(buffer.Written);
        Assert.Equal(Parse(rounded), TemporalBytes.ReadDateTime(ref reader));
    }

    [Theory]
    [InlineData("2024-01-01T12:35:29.998", "2024-01-01T12:35:00")]
    [InlineData("2024-01-01T12:35:29.999", "2024-01-01T12:36:00")]
    [InlineData("2024-01-01T23:59:30", "2024-01-02T00:00:00")]
    public void SmallDateTime_OfAnyPrecision_RoundsToTheMinute(string value, string rounded)
    {
        using var buffer = new ByteBuffer();

        TemporalBytes.SmallDateTime(buffer, Parse(value));

        var reader = new ByteReader(buffer.Written);
        Assert.Equal(Parse(rounded), TemporalBytes.ReadSmallDateTime(ref reader));
    }

    [Theory]
    [InlineData("2024-01-01T23:59:59.9999999", 0, "2024-01-02T00:00:00")]
    [InlineData("2024-01-01T23:59:59.9999994", 6, "2024-01-01T23:59:59.999999")]
    [InlineData("2024-01-01T23:59:59.9999995", 6, "2024-01-02T00:00:00")]
    [InlineData("9999-12-31T23:59:59.9999999", 3, "9999-12-31T23:59:59.999")]
    public void DateTime2_OfHigherPrecision_RoundsAndCarries(string value, byte scale, string rounded)
    {
        using var buffer = new ByteBuffer();

        TemporalBytes.DateTime2(buffer, Parse(value), scale);

        var reader = new ByteReader(buffer.Written);
        Assert.Equal(Parse(rounded), TemporalBytes.ReadDateTime2(ref reader, buffer.Length, scale));
    }

    [Theory]
    [InlineData("1752-12-31T23:59:59")]
    [InlineData("0001-01-01T00:00:00")]
    public void DateTime_BelowItsRange_Throws(string value)
    {
        using var buffer = new ByteBuffer();

        Assert.Throws<OverflowException>(() => TemporalBytes.DateTime(buffer, Parse(value)));
    }

    [Theory]
    [InlineData("1899-12-31T00:00:00")]
    [InlineData("2079-06-07T00:00:00")]
    public void SmallDateTime_OutsideOfItsRange_Throws(string value)
    {
        using var buffer = new ByteBuffer();

        Assert.Throws<OverflowException>(() => TemporalBytes.SmallDateTime(buffer, Parse(value)));
    }

    private static DateTime Parse(string value) => DateTime.Parse(value, CultureInfo.InvariantCulture);
}
