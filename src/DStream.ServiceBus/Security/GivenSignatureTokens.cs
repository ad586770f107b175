using DStream.Core;

namespace DStream.ServiceBus.Security;

/// <summary>The signature of the connection string as it stands: it cannot be renewed, so that it fails once it has ended.</summary>
internal sealed class GivenSignatureTokens(string signature, TimeProvider time) : ITokenSource
{
    private readonly DateTimeOffset _expiresOn = SharedAccessSignature.ExpiryOf(signature) ?? DateTimeOffset.MaxValue;

    public ValueTask<SecurityToken> GetAsync(string resource, CancellationToken cancellationToken) =>
        _expiresOn > time.GetUtcNow()
            ? ValueTask.FromResult(new SecurityToken(signature, SecurityToken.SharedAccess, _expiresOn))
            : throw new ProviderException(
                $"The SharedAccessSignature in the Service Bus connection string ended at {_expiresOn:u}. Put a newer one, or a key, into the configuration.",
                isTransient: false);
}
