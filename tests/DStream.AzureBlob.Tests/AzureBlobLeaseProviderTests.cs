using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.AzureBlob.Tests;

/// <summary>Against a real server.</summary>
public sealed class AzureBlobLeaseProviderTests(BlobFixture blobs)
{
    private readonly string _container = "locks-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAcquireAsync_ContainerMissing_IsCreated()
    {
        await using var lease = await Provider().TryAcquireAsync("server/db/dbo.Persons", Stop);

        Assert.True(lease!.IsHeld);
        Assert.True(await Container().ExistsAsync(Stop));
    }

    [Fact]
    public async Task TryAcquireAsync_ContainerMissingForManyAtOnce_EachGetsItsLease()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Provider().TryAcquireAsync($"server/db/dbo.t{n}", Stop).AsTask()));

        Assert.All(leases, static lease => Assert.True(lease?.IsHeld));
        foreach (var lease in leases) await lease!.DisposeAsync();
    }

    [Fact]
    public async Task TryAcquireAsync_Granted_WritesTheOwnerForPeople()
    {
        await using var lease = await Provider().TryAcquireAsync("server/db/dbo.Persons", Stop);

        BlobProperties properties = await Container().GetBlobClient("server/db/dbo.Persons.lock").GetPropertiesAsync(cancellationToken: Stop);
        Assert.Equal(Uri.EscapeDataString(Environment.MachineName), properties.Metadata["host"]);
        Assert.Equal($"{Environment.ProcessId}", properties.Metadata["process"]);
        Assert.EndsWith("Z", properties.Metadata["since"], StringComparison.Ordinal);
        Assert.Equal(LeaseState.Leased, properties.LeaseState);
    }

    [Fact]
    public async Task DisposeAsync_Held_FreesTheBlob()
    {
        var lease = await Provider().TryAcquireAsync("a", Stop);

        await lease!.DisposeAsync();

        BlobProperties properties = await Container().GetBlobClient("a.lock").GetPropertiesAsync(cancellationToken: Stop);
        Assert.Equal(LeaseState.Available, properties.LeaseState);
    }

    [Fact]
    public async Task Lost_LeaseBroken_ByTheNextRenewal()
    {
        await using var lease = await Provider(seconds: 15).TryAcquireAsync("a", Stop);

        await Container().GetBlobClient("a.lock").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Stop);

        await Waiting.UntilCancelledAsync(lease!.Lost, Stop);
        Assert.False(lease.IsHeld);
        await using var next = await Provider().TryAcquireAsync("a", Stop);
        Assert.True(next!.IsHeld);
    }

    [Fact]
    public async Task TryAcquireAsync_ContainerNameInvalid_ThrowsNotTransientWithRemedy()
    {
        var provider = new AzureBlobLeaseProvider(
            new AzureBlobLeaseOptions { ConnectionString = blobs.ConnectionString, Container = "No Container" }, TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await provider.TryAcquireAsync("a", Stop));

        Assert.False(failure.IsTransient);
        Assert.Contains("'No Container'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryAcquireAsync_WrongKey_ThrowsNotTransientWithoutSecrets()
    {
        var key = Convert.ToBase64String(new byte[64]);
        var wrong = string.Join(';', blobs.ConnectionString.Split(';').Select(part => part.StartsWith("AccountKey=", StringComparison.Ordinal) ? "AccountKey=" + key : part));
        Assert.SkipWhen(wrong == blobs.ConnectionString, "The connection string holds no key.");
        var provider = new AzureBlobLeaseProvider(
            new AzureBlobLeaseOptions { ConnectionString = wrong, Container = _container }, TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await provider.TryAcquireAsync("a", Stop));

        Assert.False(failure.IsTransient);
        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
        // I8
        Assert.DoesNotContain(key, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Signature", failure.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private AzureBlobLeaseProvider Provider(int seconds = 30) => new(
        new AzureBlobLeaseOptions { ConnectionString = blobs.ConnectionString, Container = _container, LeaseDuration = TimeSpan.FromSeconds(seconds) },
        TimeProvider.System, NullLogger<AzureBlobLeaseProvider>.Instance);

    private BlobContainerClient Container() => new(blobs.ConnectionString, _container, StorageAccount.ClientOptions(new AzureBlobLeaseOptions { ConnectionString = "" }));
}
