using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.AzureBlob.Tests;

public sealed class StorageAccountTests
{
    [Theory]
    [InlineData("")]
    [InlineData("secret-of-mine")]
    [InlineData("AccountName=a;AccountKey=secret-of-mine")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=not base64 secret-of-mine;EndpointSuffix=core.windows.net")]
    [InlineData("http://a.blob.core.windows.net/secret-of-mine")]
    public void Open_Unreadable_ThrowsNotTransientWithoutIt(string text)
    {
        var failure = Assert.Throws<ProviderException>(() => StorageAccount.Open(new AzureBlobLeaseOptions { ConnectionString = text }));

        Assert.False(failure.IsTransient);
        // I8
        Assert.DoesNotContain("secret-of-mine", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "devstoreaccount1")]
    [InlineData("https://a.blob.core.windows.net", "a")]
    [InlineData("https://a.blob.core.windows.net/?sv=2024-01-01&sig=x", "a")]
    [InlineData(" DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net ", "a")]
    public void Open_EachForm_NamesAccountAndContainer(string text, string account)
    {
        var container = StorageAccount.Open(new AzureBlobLeaseOptions { ConnectionString = text, Container = "mine" });

        Assert.Equal(account, container.AccountName);
        Assert.Equal("mine", container.Name);
    }

    [Fact]
    public void ToString_Options_HidesTheConnectionString() =>
        Assert.DoesNotContain("secret", new AzureBlobLeaseOptions { ConnectionString = "secret" }.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(14)]
    [InlineData(61)]
    [InlineData(15.5)]
    public void Constructor_DurationNotAllowed_Throws(double seconds) => Assert.Throws<ArgumentOutOfRangeException>(() => new AzureBlobLeaseProvider(
        new AzureBlobLeaseOptions { ConnectionString = "UseDevelopmentStorage=true", LeaseDuration = TimeSpan.FromSeconds(seconds) },
        TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance));

    [Fact]
    public async Task TryAcquireAsync_NobodyListens_ThrowsTransientAndSaysWhatToCheck()
    {
        var provider = new AzureBlobLeaseProvider(
            new AzureBlobLeaseOptions { ConnectionString = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1/a;" },
            TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await provider.TryAcquireAsync("server/db/t", TestContext.Current.CancellationToken));

        Assert.True(failure.IsTransient);
        Assert.Contains("server/db/t", failure.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.ToString(), StringComparison.Ordinal);
    }
}
