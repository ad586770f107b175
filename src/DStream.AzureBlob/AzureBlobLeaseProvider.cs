using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using DStream.Core;
using Microsoft.Extensions.Logging;

namespace DStream.AzureBlob;

/// <summary>
/// Leases on blobs of a storage account, one blob a name. The blob's metadata tell people who holds it: <c>host</c>, <c>process</c>,
/// <c>since</c>.
/// </summary>
/// <remarks>
/// A lease that somebody breaks by hand is noticed at the next renewal, up to a third of its duration later; the checkpoint's epoch fences the
/// time between. Source: "Lease Blob", https://learn.microsoft.com/rest/api/storageservices/lease-blob.
/// </remarks>
public sealed class AzureBlobLeaseProvider : ILeaseProvider
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly BlobContainerClient _container;
    private readonly TimeSpan _duration;
    private readonly TimeProvider _time;
    private readonly ILogger<AzureBlobLeaseProvider> _logger;

    /// <summary>Connects to nothing yet.</summary>
    /// <exception cref="ProviderException">The connection string cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not 15 to 60 whole seconds.</exception>
    public AzureBlobLeaseProvider(AzureBlobLeaseOptions options, TimeProvider time, ILogger<AzureBlobLeaseProvider> logger)
        : this(StorageAccount.Open(options), options.LeaseDuration, time, logger)
    {
    }

    internal AzureBlobLeaseProvider(BlobContainerClient container, TimeSpan duration, TimeProvider time, ILogger<AzureBlobLeaseProvider> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, Longest);
        ArgumentOutOfRangeException.ThrowIfNotEqual(duration.Ticks % TimeSpan.TicksPerSecond, 0, nameof(duration));
        _container = container;
        _duration = duration;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async ValueTask<ILease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
    {
        var blob = _container.GetBlobClient(BlobLeaseName.For(name));
        try
        {
            var lease = await AcquireAsync(blob, name, cancellationToken);
            if (lease is not null) await WriteOwnerAsync(blob, lease, cancellationToken);
            return lease?.Lease;
        }
        catch (Exception exception) when (
            StorageErrors.IsVendor(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw StorageErrors.Map(exception, name, Uri.UnescapeDataString(_container.Name));
        }
    }

    private async Task<Acquired?> AcquireAsync(BlobClient blob, string name, CancellationToken cancellationToken)
    {
        var client = blob.GetBlobLeaseClient();
        for (var made = false; ; made = true)
        {
            // I2: the service counts from when it grants, which is later.
            var before = _time.GetTimestamp();
            try
            {
                await client.AcquireAsync(_duration, cancellationToken: cancellationToken);
                var lease = new AzureBlobLease(name, client, _duration, before, _time, _logger);
                Log.Acquired(_logger, name);
                return new Acquired(lease, client.LeaseId);
            }
            catch (RequestFailedException failure) when (StorageErrors.IsTaken(failure))
            {
                return null;
            }
            catch (RequestFailedException failure) when (failure.Status == 404 && !made)
            {
                await MakeBlobAsync(blob, failure.ErrorCode == BlobErrorCode.ContainerNotFound, cancellationToken);
            }
        }
    }

    private async Task MakeBlobAsync(BlobClient blob, bool containerToo, CancellationToken cancellationToken)
    {
        if (containerToo && await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken) is not null)
            Log.ContainerCreated(_logger, _container.Name);
        try
        {
            var onlyIfMissing = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await blob.UploadAsync(BinaryData.Empty, onlyIfMissing, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status is 409 or 412)
        {
            // Another process was faster, and may even hold the lease by now.
        }
    }

    private async Task WriteOwnerAsync(BlobClient blob, Acquired acquired, CancellationToken cancellationToken)
    {
        var owner = new Dictionary<string, string>
        {
            ["host"] = Uri.EscapeDataString(Environment.MachineName),
            ["process"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["since"] = _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
        try
        {
            await blob.SetMetadataAsync(owner, new BlobRequestConditions { LeaseId = acquired.LeaseId }, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await acquired.Lease.DisposeAsync();
            throw;
        }
        catch (Exception exception) when (StorageErrors.IsVendor(exception) || exception is OperationCanceledException)
        {
            // Only people read it; the lease holds without it.
            Log.OwnerNotWritten(_logger, acquired.Lease.Name, StorageErrors.Describe(exception));
        }
    }

    private sealed record Acquired(AzureBlobLease Lease, string LeaseId);
}
