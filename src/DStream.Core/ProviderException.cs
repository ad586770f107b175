namespace DStream.Core;

/// <summary>A server or its client library failed. The message names the thing and the remedy, and holds no secret (I8).</summary>
/// <param name="message">What failed, on what, and what to do.</param>
/// <param name="isTransient">Whether the same call may succeed later without anybody doing something.</param>
/// <param name="innerException">The vendor's own exception.</param>
public class ProviderException(string message, bool isTransient, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether the same call may succeed later without anybody doing something.</summary>
    public bool IsTransient { get; } = isTransient;
}
