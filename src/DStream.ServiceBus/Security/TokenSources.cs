using Azure.Identity;

namespace DStream.ServiceBus.Security;

/// <summary>Chooses the source that the options mean.</summary>
internal static class TokenSources
{
    public static ITokenSource For(ServiceBusOptions options, TimeProvider time)
    {
        var connection = options.ConnectionString;
        if (connection.Key is { } key) return new SharedAccessKeyTokens(connection.KeyName!, key, options.TokenLifetime, time);
        if (connection.Signature is { } signature) return new GivenSignatureTokens(signature, time);
        return new EntraTokens(options.Credential ?? new DefaultAzureCredential(), options.Dialect);
    }
}
