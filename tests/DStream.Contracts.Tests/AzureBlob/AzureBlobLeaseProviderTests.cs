using DStream.AzureBlob;
using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Contracts.Tests.AzureBlob;

public sealed class AzureBlobLeaseProviderTests(BlobFixture blobs) : LeaseProviderContract
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override ValueTask<(ILeaseProvider First, ILeaseProvider Second)> OpenAsync()
    {
        var options = new AzureBlobLeaseOptions { ConnectionString = blobs.ConnectionString, Container = "contract-locks" };
        return new((Open(options), Open(options)));
    }

    private static AzureBlobLeaseProvider Open(AzureBlobLeaseOptions options) => new(options, TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance);
}
