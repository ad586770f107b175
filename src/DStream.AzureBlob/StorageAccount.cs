using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using DStream.Core;

namespace DStream.AzureBlob;

/// <summary>Opens the container that a configuration names.</summary>
internal static class StorageAccount
{
    /// <exception cref="ProviderException">The connection string cannot be read. Its text is in no message (I8).</exception>
    public static BlobContainerClient Open(AzureBlobLeaseOptions options)
    {
        var text = options.ConnectionString.Trim();
        try
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                ? OpenAddress(address, options)
                : new BlobServiceClient(text, ClientOptions(options)).GetBlobContainerClient(options.Container);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or UriFormatException)
        {
            // The cause is left out on purpose: its text may quote the connection string.
            throw Unreadable("it is neither a connection string of a storage account nor its address");
        }
    }

    /// <summary>One request a call: whoever asks for a lease, and the renewal, try again themselves.</summary>
    public static BlobClientOptions ClientOptions(AzureBlobLeaseOptions options)
    {
        var client = new BlobClientOptions();
        client.Retry.MaxRetries = 0;
        client.Retry.NetworkTimeout = options.LeaseDuration / 3;
        client.Diagnostics.IsTelemetryEnabled = false;
        return client;
    }

    private static BlobContainerClient OpenAddress(Uri address, AzureBlobLeaseOptions options)
    {
        var client = ClientOptions(options);
        if (address.Query.Length > 1) return new BlobServiceClient(address, client).GetBlobContainerClient(options.Container);
        if (address.Scheme != Uri.UriSchemeHttps) throw Unreadable("Entra credentials go over https only, and the address begins with http");
        TokenCredential credential = new DefaultAzureCredential();
        return new BlobServiceClient(address, credential, client).GetBlobContainerClient(options.Container);
    }

    private static ProviderException Unreadable(string problem) => new(
        $"The connection string of the locks cannot be used: {problem}. Write the account's connection string, UseDevelopmentStorage=true, or "
        + "the account's https address for an Entra identity.", isTransient: false);
}
