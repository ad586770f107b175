using CsCheck;

namespace DStream.Core.Tests;

public sealed class DestinationNameTests
{
    [Theory]
    [InlineData("SERVER", "DataBase", "Table", "server.database.table.events")]
    [InlineData("db1.corp", "Shop", "dbo.Persons", "db1.corp.shop.persons.events")]
    [InlineData("db1", "Shop", "sales.Orders", "db1.shop.sales.orders.events")]
    [InlineData("tcp:db1,1433", "Shop", "[DBO].Persons", "db1.shop.persons.events")]
    // The hashes are part of the contract: consumers subscribe to these names.
    [InlineData("db1", "Shop", "[Order Details]", "db1.shop.order_details-4e07e0b8.events")]
    [InlineData("db1\\SALES", "Shop", "x", "db1_sales-cf516470.shop.x.events")]
    public void For_Table_GivesName(string server, string database, string table, string expected) =>
        Assert.Equal(expected, DestinationName.For(server, database, TableName.Parse(table)).Value);

    [Theory]
    [InlineData("a b", "a_b")]
    [InlineData("a b", "a+b")]
    [InlineData("a.b", "a_b")]
    [InlineData("a/b", "a b")]
    [InlineData("ä", "ö")]
    public void For_NamesThatDifferInForbiddenCharacters_StayApart(string one, string two) =>
        Assert.NotEqual(DestinationName.For("s", "d", new TableName("dbo", one)), DestinationName.For("s", "d", new TableName("dbo", two)));

    [Fact]
    public void For_DotInName_IsNoOtherSchemasTable() =>
        Assert.NotEqual(DestinationName.For("s", "d", TableName.Parse("a.b")), DestinationName.For("s", "d", TableName.Parse("[a.b]")));

    [Fact]
    public void For_LongNames_AreCutAndStayApart()
    {
        var one = DestinationName.For(new string('s', 60), new string('d', 120), new TableName("dbo", new string('t', 127) + "1"));
        var two = DestinationName.For(new string('s', 60), new string('d', 120), new TableName("dbo", new string('t', 127) + "2"));

        Assert.Equal(DestinationName.MaxLength, one.Value.Length);
        Assert.EndsWith(".events", one.Value, StringComparison.Ordinal);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void For_AnyNames_GivesWhatBrokersAccept()
    {
        var part = Gen.String[1, 128].Where(s => !string.IsNullOrWhiteSpace(s));

        Gen.Select(part, part, part, part).Sample((server, database, schema, table) =>
        {
            if (DestinationName.ServerOf(server).Length == 0)
                return;
            var name = DestinationName.For(server, database, new TableName(schema, table));
            Assert.True(DestinationName.TryParse(name.Value, out var parsed, out var error), error);
            Assert.Equal(name, parsed);
        });
    }

    [Theory]
    [InlineData("db1", "db1")]
    [InlineData(" tcp:db1.corp , 1433 ", "db1.corp")]
    [InlineData("db1\\SALES,1500", "db1\\SALES")]
    [InlineData("np:\\\\db1\\pipe\\sql\\query", "db1\\pipe\\sql\\query")]
    [InlineData(".", "localhost")]
    [InlineData("(local)\\X", "localhost\\X")]
    [InlineData("(localdb)\\X", "(localdb)\\X")]
    [InlineData("::1,1433", "::1")]
    [InlineData("", "")]
    public void ServerOf_DataSource_GivesHostAndInstance(string dataSource, string expected) =>
        Assert.Equal(expected, DestinationName.ServerOf(dataSource));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("-a", "begin and end with a letter or digit")]
    [InlineData("a.", "begin and end with a letter or digit")]
    [InlineData("a b", "it holds ' '")]
    [InlineData("aäb", "it holds 'ä'")]
    [InlineData("a\0b", "it holds")]
    public void TryParse_ForbiddenName_SaysWhy(string text, string message)
    {
        Assert.False(DestinationName.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_LongName_IsRefused()
    {
        Assert.True(DestinationName.TryParse(new string('a', 260), out _, out _));
        Assert.False(DestinationName.TryParse(new string('a', 261), out _, out _));
    }
}
