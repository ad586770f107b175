using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using DStream.Core;
using DStream.SqlServer.Json;

namespace DStream.SqlServer.Tests.Json;

public sealed class JsonTimeTests
{
    [Fact]
    public void WriteDateTime_EachScale_HasThatManyDigits()
    {
        var value = new DateTime(2024, 2, 29, 1, 2, 3).AddTicks(1234567);
        string[] expected = ["", ".1", ".12", ".123", ".1234", ".12345", ".123456", ".1234567"];

        for (var scale = 0; scale <= 7; scale++)
        {
            var digits = scale;
            Assert.Equal($"\"2024-02-29T01:02:03{expected[scale]}\"", Write(json => JsonTime.WriteDateTime(json, value, digits)));
        }
    }

    [Fact]
    public void WriteDateTime_AnyValue_IsAsTheFrameworkFormatsIt() => Gen.DateTime.Sample(value =>
        Write(json => JsonTime.WriteDateTime(json, value, 7)) == Quoted(value.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture))
        && Write(json => JsonTime.WriteDate(json, value)) == Quoted(value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        && Write(json => JsonTime.WriteTime(json, value.TimeOfDay, 7)) == Quoted(value.ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0, "\"2024-01-02T03:04:05+00:00\"")]
    [InlineData(-90, "\"2024-01-02T03:04:05-01:30\"")]
    [InlineData(840, "\"2024-01-02T03:04:05+14:00\"")]
    public void WriteDateTimeOffset_Offsets_KeepLocalTimeAndOffset(int minutes, string expected)
    {
        var value = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(minutes));

        Assert.Equal(expected, Write(json => JsonTime.WriteDateTimeOffset(json, value, 0)));
    }

    private static string Quoted(string text) => $"\"{text}\"";

    private static string Write(Action<IBufferWriter<byte>> write)
    {
        using var json = new PooledBuffer(0);
        write(json);
        return Encoding.UTF8.GetString(json.Written.Span);
    }
}
