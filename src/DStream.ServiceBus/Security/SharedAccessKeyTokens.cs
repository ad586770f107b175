namespace DStream.ServiceBus.Security;

/// <summary>Signs tokens with the key of the connection string.</summary>
internal sealed class SharedAccessKeyTokens(string keyName, string key, TimeSpan lifetime, TimeProvider time) : ITokenSource
{
    public ValueTask<SecurityToken> GetAsync(string resource, CancellationToken cancellationToken)
    {
        var expiresOn = time.GetUtcNow() + lifetime;
        return ValueTask.FromResult(new SecurityToken(SharedAccessSignature.Create(resource, keyName, key, expiresOn), SecurityToken.SharedAccess, expiresOn));
    }
}
