namespace DStream.ServiceBus.Security;

/// <summary>Where tokens come from. Thread-safe.</summary>
internal interface ITokenSource
{
    /// <summary>A token for the resource, such as <c>sb://host/entity</c>.</summary>
    ValueTask<SecurityToken> GetAsync(string resource, CancellationToken cancellationToken);
}
