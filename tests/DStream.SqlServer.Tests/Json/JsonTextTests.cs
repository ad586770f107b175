using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using DStream.Core;
using DStream.SqlServer.Json;

namespace DStream.SqlServer.Tests.Json;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\b\f\n\r\t\u0000\u001f", "\"\\b\\f\\n\\r\\t\\u0000\\u001f\"")]
    [InlineData("<é€\U0001F600/>", "\"<é€\U0001F600/>\"")]
    public void WriteString_AnyText_EscapesOnlyWhatJsonDemands(string text, string expected)
    {
        using var json = new PooledBuffer(0);

        JsonText.WriteString(json, text);

        Assert.Equal(expected, Encoding.UTF8.GetString(json.Written.Span));
    }

    // Not theory data: the runner would write a lone surrogate as something else.
    [Fact]
    public void WriteString_HalfOfAPair_BecomesTheReplacementCharacter()
    {
        using var json = new PooledBuffer(0);

        JsonText.WriteString(json, "a\ud800b\udc00");

        Assert.Equal("\"a\ufffdb\ufffd\"", Encoding.UTF8.GetString(json.Written.Span));
    }

    [Fact]
    public void WriteString_AnyValidText_IsReadBackByAParser() =>
        Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 0, 300].Sample(text =>
        {
            using var json = new PooledBuffer(0);
            JsonText.WriteString(json, text);
            return JsonSerializer.Deserialize<string>(json.Written.Span) == text;
        });

    [Theory]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(20000)]
    public void WriteString_PairAcrossASlice_StaysWhole(int before)
    {
        var text = new string('x', before) + "\U0001F600" + new string('y', 9000);
        using var json = new PooledBuffer(0);

        JsonText.WriteString(json, text);

        Assert.Equal(text, JsonSerializer.Deserialize<string>(json.Written.Span));
    }

    [Fact]
    public void Write_Numbers_AreShortestAndInvariant()
    {
        using var json = new PooledBuffer(0);

        JsonText.Write(json, 0.1f, quoted: false);
        json.Write(" "u8);
        JsonText.Write(json, 1e300, quoted: false);
        json.Write(" "u8);
        JsonText.Write(json, -12.50m, quoted: false);
        json.Write(" "u8);
        JsonText.Write(json, long.MinValue, quoted: true);

        Assert.Equal("0.1 1E+300 -12.50 \"-9223372036854775808\"", Encoding.UTF8.GetString(json.Written.Span));
    }
}
