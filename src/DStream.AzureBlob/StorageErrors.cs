using Azure;
using Azure.Identity;
using DStream.Core;

namespace DStream.AzureBlob;

/// <summary>Tells failures of the storage account apart.</summary>
/// <remarks>Source: "Blob service error codes", https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.</remarks>
internal static class StorageErrors
{
    public static bool IsVendor(Exception exception) => exception is RequestFailedException or AuthenticationFailedException or TimeoutException;

    /// <summary>Whether somebody else has the lease, or it is being broken.</summary>
    public static bool IsTaken(RequestFailedException failure) =>
        failure.Status == 409 && failure.ErrorCode is "LeaseAlreadyPresent" or "LeaseIsBreakingAndCannotBeAcquired";

    /// <summary>Whether a renewal's failure says that the lease is not ours any more, so that no other try can help.</summary>
    public static bool IsLost(RequestFailedException failure) => failure.Status is 404 or 409 or 412;

    /// <summary>What went wrong in a few words, without anything of the request (I8).</summary>
    public static string Describe(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 } => "the storage account cannot be reached",
        RequestFailedException failure => $"{failure.Status} {failure.ErrorCode}",
        OperationCanceledException or TimeoutException => "the storage account did not answer in time",
        _ => exception.GetType().Name,
    };

    /// <summary>The failure as Core knows it.</summary>
    public static ProviderException Map(Exception exception, string lease, string container)
    {
        var what = $"Lease '{lease}' in container '{container}': {Describe(exception)}.";
        return exception switch
        {
            RequestFailedException { Status: 0 } => new(
                $"{what} Check the address in the connection string of the locks, and the network.", isTransient: true, exception),
            RequestFailedException { Status: 401 or 403 } => new(
                $"{what} The account refuses the credentials: check the connection string of the locks, or give the identity the role "
                + "Storage Blob Data Contributor on the container.", isTransient: false),
            RequestFailedException { Status: 400, ErrorCode: "InvalidResourceName" } => new(
                $"{what} Choose another container_name: 3 to 63 lower-case letters, digits and single hyphens.", isTransient: false),
            RequestFailedException { Status: 408 or 409 or 412 or 429 or >= 500 } => new(
                $"{what} The storage account is busy or the container is being changed; it will be tried again.", isTransient: true),
            RequestFailedException { Status: 404 } => new($"{what} It was removed meanwhile; it will be made again.", isTransient: true),
            RequestFailedException => new($"{what} Check the configuration of the locks.", isTransient: false),
            CredentialUnavailableException => new(
                $"{what} No Entra identity was found: give the host a managed or workload identity, or use a connection string with a key.",
                isTransient: false, exception),
            AuthenticationFailedException => new(
                $"{what} Entra gave no token: check the host's identity.", isTransient: true, exception),
            _ => new($"{what} It will be tried again.", isTransient: true, exception),
        };
    }
}
