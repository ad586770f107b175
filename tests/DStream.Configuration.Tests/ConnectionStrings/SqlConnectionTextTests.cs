using System.Data.Common;
using DStream.Configuration.ConnectionStrings;

namespace DStream.Configuration.Tests.ConnectionStrings;

public sealed class SqlConnectionTextTests
{
    [Theory]
    [InlineData("Server=db1;Database=Shop", "db1", "Shop")]
    [InlineData("Data Source=tcp:db1.corp,1433;Initial Catalog=Shop;User ID=u;Password=\"a;b=c\"", "db1.corp", "Shop")]
    [InlineData("server=db1\\SALES,1500;database=[x];Encrypt=Strict;Connect Timeout=5", "db1\\SALES", "[x]")]
    [InlineData("Server=.;Database=Shop;Trusted_Connection=True", "localhost", "Shop")]
    [InlineData("  Server=(local);Database=Shop;  ", "localhost", "Shop")]
    [InlineData("Server=db1;Database=Shop;Application Name=x://y", "db1", "Shop")]
    public void Parse_AdoNet_GivesNamesAndKeepsText(string text, string server, string database)
    {
        var (target, problem) = SqlConnectionText.Parse(text);

        Assert.Null(problem);
        Assert.Equal(new SqlTarget(text.Trim(), server, database), target);
    }

    [Theory]
    [InlineData("sqlserver://user:pass@host:1433?database=X&encrypt=disable", "data source=host,1433;initial catalog=X;encrypt=False;user id=user;password=pass")]
    [InlineData("sqlserver://user:pass@localhost:1433?database=TestDB", "data source=localhost,1433;initial catalog=TestDB;user id=user;password=pass;encrypt=False;trust server certificate=True")]
    [InlineData("sqlserver://host/instance?database=X&encrypt=true", "data source=host\\instance;initial catalog=X;encrypt=True;integrated security=True")]
    [InlineData("sqlserver://u:p@host:1500/inst/?database=X&encrypt=strict&hostNameInCertificate=h", "data source=host\\inst,1500;initial catalog=X;encrypt=Strict;host name in certificate=h;user id=u;password=p")]
    [InlineData("SQLSERVER://u@[::1]:1433?Database=X&Encrypt=FALSE&TrustServerCertificate=1", "data source=::1,1433;initial catalog=X;encrypt=False;trust server certificate=True;user id=u")]
    [InlineData("sqlserver://u:p%40%2F%3A%25%3F@h?database=My+Db%20x&app+name=a%26b&connection+timeout=30", "data source=h;initial catalog=My Db x;application name=a&b;connect timeout=30;user id=u;password=p@/:%?;encrypt=False;trust server certificate=True")]
    [InlineData("sqlserver://u:p@ss@h?database=X&encrypt=true", "data source=h;initial catalog=X;encrypt=True;user id=u;password=p@ss")]
    [InlineData("sqlserver://h?database=X&encrypt=true&fedauth=activedirectorydefault", "data source=h;initial catalog=X;encrypt=True;authentication=ActiveDirectoryDefault")]
    [InlineData("sqlserver://u:p@h?database=X&encrypt=true&ApplicationIntent=readonly&MultiSubnetFailover=true&packet+size=8192&workstation+id=w&dial+timeout=7", "data source=h;initial catalog=X;encrypt=True;application intent=ReadOnly;multi subnet failover=True;packet size=8192;workstation id=w;connect timeout=7;user id=u;password=p")]
    public void Parse_Url_GivesAdoNet(string url, string expected)
    {
        var (target, problem) = SqlConnectionText.Parse(url);

        Assert.Null(problem);
        Assert.Equal(Pairs(expected), Pairs(target!.ConnectionString));
    }

    [Theory]
    [InlineData("gibberish", "not a list of key=value pairs", "Server=host,1433")]
    [InlineData("Server=h;Database=d;Password=a;b", "not a list of key=value pairs", "must stand in quotes")]
    [InlineData("Server=h;Database=d;Password=a;hunter=2", "a keyword that SqlClient does not know", "must stand in quotes")]
    [InlineData("Server=h;Database=d;Conect Timeout=5", "a keyword that SqlClient does not know", "did you mean Connect Timeout?")]
    [InlineData("Database=d", "names no server", "add Server=host")]
    [InlineData("Server= ;Database=d", "names no server", "add Server=host")]
    [InlineData("Server=h", "names no database", "add Database=name")]
    [InlineData("postgres://u:hunter2@h/d", "a URL of another kind", "sqlserver://user:password@host:1433?database=db")]
    [InlineData("jdbc:sqlserver://h;databaseName=d", "a URL of another kind", "ADO.NET form")]
    [InlineData("sqlserver://", "names no host", "sqlserver://user:password@host")]
    [InlineData("sqlserver://u:p@?database=x", "names no host", "sqlserver://user:password@host")]
    [InlineData("sqlserver://u:p@h", "names no database", "?database=name")]
    [InlineData("sqlserver://u:p@h:99999?database=x", "port is no number from 1 to 65535", "sqlserver://")]
    [InlineData("sqlserver://u:hunter2?x@h?database=x", "port is no number", "%40 for @")]
    [InlineData("sqlserver://u:hunter%zz@h?database=x", "broken %-escape", "%25")]
    [InlineData("sqlserver://u:hunter%ff@h?database=x", "broken %-escape", "%25")]
    [InlineData("sqlserver://\0?database=x", "NUL character", "%25")]
    [InlineData("sqlserver://u:hunter%00@h?database=x", "NUL character", "%25")]
    [InlineData("sqlserver://h?database=%00", "NUL character", "%25")]
    [InlineData("sqlserver://u:hunter#2@h?database=x", "holds a #", "%23")]
    [InlineData("sqlserver://u:p@h?database=x&hunter2=1", "unknown parameter", "known are database, encrypt")]
    [InlineData("sqlserver://u:p@h?database=x&encrpyt=true", "unknown parameter", "did you mean encrypt?")]
    [InlineData("sqlserver://u:p@h?database=x&encrypt=maybe", "parameter encrypt has a value that it cannot have", "disable, false, true or strict")]
    [InlineData("sqlserver://u:p@h?database=", "parameter database has a value that it cannot have", "a name")]
    [InlineData("sqlserver://u:p@h?database=x&database=y", "parameter database repeats", "keep one")]
    [InlineData("sqlserver://u:p@h?database=x&connection+timeout=1&dial+timeout=2", "parameter dial timeout repeats", "keep one")]
    [InlineData("sqlserver://u:p@h;x?database=x", "a character that no name of a server has", "sqlserver://")]
    public void Parse_Unusable_SaysWhyWithoutShowingIt(string text, string message, string remedy)
    {
        var (target, problem) = SqlConnectionText.Parse(text);

        Assert.Null(target);
        Assert.Contains(message, problem!.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", problem.ToString(), StringComparison.Ordinal);
    }

    private static List<string> Pairs(string text)
    {
        var builder = new DbConnectionStringBuilder { ConnectionString = text };
        return [.. builder.Keys.Cast<string>().Select(k => $"{k}={builder[k]}").Order(StringComparer.Ordinal)];
    }
}
