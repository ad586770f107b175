using System.Numerics;
using System.Text;
using CsCheck;

namespace DStream.Core.Tests;

public sealed class LsnTests
{
    [Fact]
    public void ToString_AnyLsn_IsTwentyHexDigitsOfItsBytes() =>
        Gen.Byte.Array[Lsn.Size].Sample(static bytes => Assert.Equal(Convert.ToHexStringLower(bytes), Lsn.Read(bytes).ToString()));

    [Fact]
    public void Parse_TextOfAnyLsn_ReturnsIt() =>
        Generators.AnyLsn.Sample(static lsn => Lsn.Parse(lsn.ToString()) == lsn && Lsn.Parse("0x" + lsn.ToString().ToUpperInvariant()) == lsn);

    [Fact]
    public void ToBytes_AnyLsn_AreThoseRead() =>
        Gen.Byte.Array[Lsn.Size].Sample(static bytes => Assert.Equal(bytes, Lsn.Read(bytes).ToBytes()));

    [Fact]
    public void CompareTo_AnyTwo_OrdersAsUnsignedBytes() =>
        Gen.Select(Gen.Byte.Array[Lsn.Size], Gen.Byte.Array[Lsn.Size]).Sample(static (a, b) =>
        {
            var (left, right) = (Lsn.Read(a), Lsn.Read(b));
            var expected = Math.Sign(a.AsSpan().SequenceCompareTo(b));
            Assert.Equal(expected, Math.Sign(left.CompareTo(right)));
            Assert.Equal(expected < 0, left < right);
            Assert.Equal(expected > 0, left > right);
            Assert.Equal(expected <= 0, left <= right);
            Assert.Equal(expected >= 0, left >= right);
            Assert.Equal(expected == 0, left == right);
        });

    [Fact]
    public void Next_AnyLsn_IsOneMoreAsABigNumber() =>
        Generators.AnyLsn.Sample(static lsn =>
            lsn == Lsn.Max || Number(lsn.Next()) == Number(lsn) + 1);

    [Theory]
    [InlineData("0000003600000b20ffff", "0000003600000b210000")]
    [InlineData("00000036ffffffffffff", "00000037000000000000")]
    [InlineData("00000000000000000000", "00000000000000000001")]
    [InlineData("7fffffffffffffffffff", "80000000000000000000")]
    public void Next_LowPartFull_Carries(string lsn, string expected) => Assert.Equal(expected, Lsn.Parse(lsn).Next().ToString());

    [Fact]
    public void Next_Max_Throws() => Assert.Throws<OverflowException>(static () => Lsn.Max.Next());

    [Fact]
    public void TryFormat_AnyLsn_WritesItsText() => Generators.AnyLsn.Sample(static lsn =>
    {
        var text = new byte[Lsn.TextLength];
        Assert.True(lsn.TryFormat(text, out var written, default, null));
        Assert.Equal(Lsn.TextLength, written);
        Assert.Equal(lsn.ToString(), Encoding.ASCII.GetString(text));
    });

    [Fact]
    public void TryFormat_TooLittleRoom_ReturnsFalse()
    {
        Assert.False(Lsn.Max.TryFormat(new byte[Lsn.TextLength - 1], out var written, default, null));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0000003600000b20000")]
    [InlineData("0000003600000b2000033")]
    [InlineData("0000003600000b20000g")]
    [InlineData(" 000003600000b200003")]
    [InlineData("-000003600000b200003")]
    [InlineData("0000003600000b20 003")]
    [InlineData("+000003600000b20+003")]
    public void Parse_NotAnLsn_ThrowsAndNamesTheText(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => Lsn.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(11)]
    public void Read_NotTenBytes_Throws(int length) => Assert.Throws<ArgumentException>(() => Lsn.Read(new byte[length]));

    [Fact]
    public void Default_Value_IsZero()
    {
        Assert.Equal(Lsn.Zero, default);
        Assert.Equal(new string('0', 20), Lsn.Zero.ToString());
        Assert.Equal(new string('f', 20), Lsn.Max.ToString());
    }

    private static BigInteger Number(Lsn lsn) => new(lsn.ToBytes(), isUnsigned: true, isBigEndian: true);
}
