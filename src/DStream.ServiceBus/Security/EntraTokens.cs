using Azure.Core;
using Azure.Identity;
using DStream.Core;
using DStream.ServiceBus.Connections;

namespace DStream.ServiceBus.Security;

/// <summary>Tokens of Microsoft Entra, for a managed identity, a workload identity or a developer's own login.</summary>
internal sealed class EntraTokens(TokenCredential credential, BrokerDialect dialect) : ITokenSource
{
    private readonly TokenRequestContext _scope = new([dialect.EntraScope]);

    public async ValueTask<SecurityToken> GetAsync(string resource, CancellationToken cancellationToken)
    {
        try
        {
            var token = await credential.GetTokenAsync(_scope, cancellationToken).ConfigureAwait(false);
            return new SecurityToken(token.Token, SecurityToken.Jwt, token.ExpiresOn);
        }
        catch (CredentialUnavailableException e)
        {
            throw new ProviderException(
                $"No Microsoft Entra credential is available for {dialect.Service}. Give the process a managed or workload identity, or put "
                + "SharedAccessKeyName and SharedAccessKey into the connection string.", isTransient: false, e);
        }
        catch (AuthenticationFailedException e)
        {
            // The identity endpoint answers with this for an outage as well as for a refusal, and does not tell them apart.
            throw new ProviderException($"Microsoft Entra issued no token for {dialect.Service}. Check the identity and its tenant.", isTransient: true, e);
        }
    }
}
