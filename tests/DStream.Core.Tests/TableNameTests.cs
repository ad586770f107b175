using CsCheck;

namespace DStream.Core.Tests;

public sealed class TableNameTests
{
    [Theory]
    [InlineData("Orders", "dbo", "Orders")]
    [InlineData("sales.Orders", "sales", "Orders")]
    [InlineData("[my schema].[Or]]ders]", "my schema", "Or]ders")]
    [InlineData(" sales . Orders ", "sales", "Orders")]
    [InlineData("Order Details", "dbo", "Order Details")]
    [InlineData("[a.b]", "dbo", "a.b")]
    [InlineData("sales.[a.b]", "sales", "a.b")]
    [InlineData("[ x ]", "dbo", " x ")]
    public void Parse_Name_GivesParts(string text, string schema, string table)
    {
        var name = TableName.Parse(text);

        Assert.Equal((schema, table), (name.Schema, name.Table));
    }

    [Theory]
    [InlineData("", "a part of the table name is empty")]
    [InlineData("sales.", "a part of the table name is empty")]
    [InlineData(".Orders", "a part of the table name is empty")]
    [InlineData("[]", "a part of the table name is empty")]
    [InlineData("a.b.c", "has 3 parts")]
    [InlineData("[open", "never closed")]
    [InlineData("[a]b", "goes on after a closing bracket")]
    [InlineData("a[b]", "has a bracket inside")]
    [InlineData("a\nb", "control character")]
    public void Parse_AnythingElse_SaysWhy(string text, string message)
    {
        var exception = Assert.Throws<FormatException>(() => TableName.Parse(text));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PartBeyondSysname_IsRefused()
    {
        Assert.True(TableName.TryParse(new string('a', 128), out _, out _));
        Assert.False(TableName.TryParse(new string('a', 129), out _, out var error));
        Assert.Contains("129 characters", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orders", "dbo.Orders", "[dbo].[Orders]")]
    [InlineData("sales.[Order Details]", "sales.[Order Details]", "[sales].[Order Details]")]
    [InlineData("[Or]]ders]", "dbo.[Or]]ders]", "[dbo].[Or]]ders]")]
    [InlineData("[1st].[a.b]", "[1st].[a.b]", "[1st].[a.b]")]
    public void ToString_Name_BracketsWhereNeeded(string text, string expected, string quoted)
    {
        var name = TableName.Parse(text);

        Assert.Equal(expected, name.ToString());
        Assert.Equal(quoted, name.Quoted);
    }

    [Fact]
    public void Equals_DifferentCase_IsEqual()
    {
        var one = TableName.Parse("Sales.ORDERS");
        var two = TableName.Parse("sales.orders");

        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        Assert.NotEqual(one, TableName.Parse("orders"));
    }

    [Fact]
    public void Parse_TextOfAnyName_GivesTheNameBack()
    {
        var part = Gen.Char["ab[]. \"'_$é漢0-"].Array[1, 12].Select(chars => new string(chars));

        Gen.Select(part, part).Sample((schema, table) =>
        {
            var name = new TableName(schema, table);
            Assert.Equal((schema, table), (TableName.Parse(name.ToString()).Schema, TableName.Parse(name.Quoted).Table));
        });
    }
}
