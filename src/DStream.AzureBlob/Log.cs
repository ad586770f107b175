using Microsoft.Extensions.Logging;

namespace DStream.AzureBlob;

/// <summary>Event ids from 5000. Failures come as short texts: the vendor's exceptions quote requests (I8).</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Acquired the lease {Lease}")]
    public static partial void Acquired(ILogger logger, string lease);

    [LoggerMessage(5001, LogLevel.Warning, "Lost the lease {Lease}: {Reason}")]
    public static partial void Lost(ILogger logger, string lease, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "Could not renew the lease {Lease}, which lasts {Remaining} more: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, string lease, TimeSpan remaining, string reason);

    [LoggerMessage(5003, LogLevel.Information, "Released the lease {Lease}")]
    public static partial void Released(ILogger logger, string lease);

    [LoggerMessage(5004, LogLevel.Warning, "Could not release the lease {Lease}, which now runs out by itself: {Reason}")]
    public static partial void ReleaseFailed(ILogger logger, string lease, string reason);

    [LoggerMessage(5005, LogLevel.Information, "Created the container {Container} for leases")]
    public static partial void ContainerCreated(ILogger logger, string container);

    [LoggerMessage(5006, LogLevel.Debug, "Could not write the owner of the lease {Lease} into its blob: {Reason}")]
    public static partial void OwnerNotWritten(ILogger logger, string lease, string reason);

    [LoggerMessage(5007, LogLevel.Information, "Renewed the lease {Lease} again after failures")]
    public static partial void RenewalRecovered(ILogger logger, string lease);
}
