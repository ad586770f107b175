using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.SqlServer.Tests;

/// <summary>I8: nothing of a connection string gets into a text.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("Server=db1;Password='hunter2")]
    [InlineData("hunter2")]
    [InlineData("Server=db1;Pasword=hunter2")]
    [InlineData("Server=db1;Password=x;Encrypt=hunter2")]
    public void Constructor_BadConnectionString_DoesNotRepeatIt(string connectionString)
    {
        var options = new SqlServerSourceOptions { ConnectionString = connectionString };

        var error = Assert.Throws<ArgumentException>(() => new SqlServerChangeSource(options, TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance));

        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Options_LeavesOutTheConnectionString() =>
        Assert.DoesNotContain("hunter2", new SqlServerSourceOptions { ConnectionString = "Password=hunter2" }.ToString(), StringComparison.Ordinal);
}
