namespace DStream.SqlServer.Tests;

public sealed class ErrorClassifierTests
{
    private readonly ErrorClassifier _errors = new("db1", "Sales");

    [Theory]
    [InlineData(0, 20, true)] // connection lost
    [InlineData(10054, 20, true)]
    [InlineData(233, 20, true)]
    [InlineData(-2, 11, true)]
    [InlineData(1205, 13, true)]
    [InlineData(4060, 11, false)]
    [InlineData(10928, 16, true)]
    [InlineData(10929, 16, true)]
    [InlineData(40197, 17, true)]
    [InlineData(40501, 16, true)]
    [InlineData(40613, 17, true)]
    [InlineData(49918, 16, true)]
    [InlineData(701, 17, true)]
    [InlineData(18456, 14, false)]
    [InlineData(229, 14, false)]
    [InlineData(262, 14, false)]
    [InlineData(208, 16, false)]
    [InlineData(22901, 16, false)]
    [InlineData(8115, 16, false)]
    public void Map_Number_SaysWhetherWaitingHelps(int number, byte errorClass, bool transient)
    {
        var mapped = _errors.Map(number, errorClass, 1, "Something failed.", null);

        Assert.Equal(transient, mapped.IsTransient);
        Assert.StartsWith($"db1/Sales: error {number}, ", mapped.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(18456, "Check user, password")]
    [InlineData(229, "deploy/sql/grants.sql")]
    [InlineData(22901, "EXEC sys.sp_cdc_enable_db;")]
    public void Map_FinalError_NamesTheRemedy(int number, string remedy) =>
        Assert.Contains(remedy, _errors.Map(number, 14, 1, "Failed.", null).Message, StringComparison.Ordinal);

    [Fact]
    public void Map_CertificateNotTrusted_IsFinalThoughTheConnectionIsLost()
    {
        var mapped = _errors.Map(0, 20, 0, "Handshake failed.", new InvalidOperationException("", new System.Security.Authentication.AuthenticationException()));

        Assert.False(mapped.IsTransient);
        Assert.Contains("TrustServerCertificate", mapped.Message, StringComparison.Ordinal);
    }
}
