using System.Text;
using CsCheck;

namespace DStream.Core.Tests;

public sealed class MessageIdentityTests
{
    private static readonly SourceTable Persons = new("server", "TestDB", new TableName("dbo", "Persons"));
    private static readonly ChangePosition Row = new(Lsn.Parse("0000003600000b200003"), 5, Lsn.Parse("0000003600000b200002"), ChangeOperation.Insert);

    // Pinned: another value would send every change once more to consumers that saw it under the old one.
    [Fact]
    public void Write_KnownRow_IsPinned() => Assert.Equal("4e3b3d0b4d9d7f34-0000003600000b200003-0000003600000b200002-2", Id(Persons, Row));

    [Fact]
    public void Write_AnyRow_IsSixtyAsciiCharacters() => Generators.Row.Sample(static row =>
    {
        var id = Id(Persons, row);
        Assert.Equal(MessageIdentity.Size, id.Length);
        Assert.Matches("^[0-9a-f]{16}-[0-9a-f]{20}-[0-9a-f]{20}-[1-4]$", id);
    });

    // I5, I5a
    [Fact]
    public void Write_SameRowInBothOrders_IsTheSame() => Generators.Row.Sample(static row =>
        Id(Persons, row) == Id(Persons, row with { CommandId = ChangePosition.NoCommandId }));

    [Fact]
    public void Write_RowsThatDiffer_Differ() => Gen.Select(Generators.Row, Generators.Row).Sample(static (a, b) =>
    {
        var same = a.StartLsn == b.StartLsn && a.SeqVal == b.SeqVal && a.Operation == b.Operation;
        Assert.Equal(same, Id(Persons, a) == Id(Persons, b));
    });

    [Theory]
    [InlineData("other", "TestDB", "dbo", "Persons")]
    [InlineData("server", "other", "dbo", "Persons")]
    [InlineData("server", "TestDB", "other", "Persons")]
    [InlineData("server", "TestDB", "dbo", "other")]
    [InlineData("serverTestDB", "", "dbo", "Persons")]
    [InlineData("server", "TestDB", "dboPersons", "")]
    [InlineData("server", "TestDB\ndbo", "", "Persons")]
    public void Write_OtherTable_Differs(string server, string database, string schema, string table) =>
        Assert.NotEqual(Id(Persons, Row), Id(new SourceTable(server, database, new TableName(schema, table)), Row));

    [Fact]
    public void Write_NamesWithLineBreaks_StayApart() => Assert.NotEqual(
        Id(Persons with { Table = new TableName("a\nb", "c") }, Row), Id(Persons with { Table = new TableName("a", "b\nc") }, Row));

    [Fact]
    public void Write_OtherLetterCase_IsTheSame() =>
        Assert.Equal(Id(Persons, Row), Id(new SourceTable("SERVER", "testdb", new TableName("DBO", "persons")), Row));

    private static string Id(SourceTable table, ChangePosition position)
    {
        var bytes = new byte[MessageIdentity.Size];
        new MessageIdentity(table).Write(bytes, position);
        return Encoding.ASCII.GetString(bytes);
    }
}
