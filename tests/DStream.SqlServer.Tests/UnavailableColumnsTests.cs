namespace DStream.SqlServer.Tests;

public sealed class UnavailableColumnsTests
{
    private static readonly CapturedColumn[] Columns =
        [new("id", 1, false), new("note", 2, false), new("body", 3, false), new("total", 4, true), new("tail", 11, false)];

    private readonly UnavailableColumns _unavailable =
        new(Columns, isLegacyLob: [false, true, false, false, false], isMax: [false, false, true, false, true]);

    [Theory]
    [InlineData(1, "note,total")]
    [InlineData(2, "total")]
    [InlineData(4, "total")]
    public void Of_Operation_NamesWhatTheServerNeverLogs(int operation, string expected) =>
        Assert.Equal(expected, string.Join(',', _unavailable.Of(operation, [0xff, 0xff])!.Names));

    [Fact]
    public void Of_ImageBefore_NamesLargeColumnsThatDidNotChange()
    {
        // Bit 0 of the last byte is column 1; column 11 is bit 2 of the byte before.
        Assert.Equal(["note", "body", "total", "tail"], _unavailable.Of(3, [0, 0])!.Names);
        Assert.Equal(["note", "total", "tail"], _unavailable.Of(3, [0, 0b100])!.Names);
        Assert.Equal(["note", "body", "total"], _unavailable.Of(3, [0b100, 0])!.Names);
    }

    [Fact]
    public void Of_SameMaskAgain_GivesTheSameList() => Assert.Same(_unavailable.Of(3, [0, 1]), _unavailable.Of(3, [0, 1]));

    [Fact]
    public void Of_NothingSpecial_IsNull() =>
        Assert.Null(new UnavailableColumns([new("id", 1, false)], [false], [false]).Of(3, []));
}
