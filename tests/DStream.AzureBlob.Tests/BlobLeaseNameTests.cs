using CsCheck;

namespace DStream.AzureBlob.Tests;

public sealed class BlobLeaseNameTests
{
    [Theory]
    [InlineData("db1.corp/TestDB/dbo.Persons", "db1.corp/TestDB/dbo.Persons.lock")]
    [InlineData("db1\\SALES/My DB/dbo.[a]]b]", "db1~5cSALES/My~20DB/dbo.~5ba~5d~5db~5d.lock")]
    [InlineData("server/../x", "server/~2e./x.lock")]
    [InlineData("//a.", "~2f~2fa..lock")]
    [InlineData("Größe~", "Gr~u00f6~u00dfe~7e.lock")]
    public void For_Name_IsReadableAndEscaped(string lease, string blob) => Assert.Equal(blob, BlobLeaseName.For(lease));

    [Fact]
    public void For_AnyName_IsAValidBlobNameThatUrlsKeep() => Gen.String[1, 600].Sample(static lease =>
    {
        var blob = BlobLeaseName.For(lease);
        Assert.InRange(blob.Length, 1, 1024);
        Assert.Matches("^[A-Za-z0-9._~/-]+$", blob);
        Assert.Equal("/locks/" + blob, new Uri("http://127.0.0.1/locks/" + blob).AbsolutePath);
    });

    [Fact]
    public void For_AnyTwoNames_AreDistinct() => Gen.Select(
        Gen.String[Gen.Char["ab~./-u 0e2\u00e4\ud800"], 1, 6], Gen.String[Gen.Char["ab~./-u 0e2\u00e4\ud800"], 1, 6])
        .Sample(static (a, b) => (a == b) == (BlobLeaseName.For(a) == BlobLeaseName.For(b)));

    [Fact]
    public void For_LongNamesThatDifferAtTheEnd_AreDistinct()
    {
        var names = new[] { "a", "b", "\ud800", "\ud801" }.Select(static end => BlobLeaseName.For(new string('ä', 300) + end)).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, static name => Assert.Equal(1024, name.Length));
    }
}
