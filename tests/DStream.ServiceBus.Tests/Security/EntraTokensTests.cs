using Azure.Core;
using Azure.Identity;
using DStream.Core;
using DStream.ServiceBus.Connections;
using DStream.ServiceBus.Security;

namespace DStream.ServiceBus.Tests.Security;

public sealed class EntraTokensTests
{
    [Fact]
    public async Task GetAsync_Credential_AsksForTheServiceBusScope()
    {
        var credential = new FakeCredential(null);

        var token = await new EntraTokens(credential, BrokerDialect.ServiceBus).GetAsync("sb://x/q", TestContext.Current.CancellationToken);

        Assert.Equal(["https://servicebus.azure.net/.default"], credential.Scopes);
        Assert.Equal((SecurityToken.Jwt, "Bearer jwt-text"), (token.Type, token.AuthorizationHeader));
    }

    [Fact]
    public async Task GetAsync_NoCredential_FailsForGood()
    {
        var source = new EntraTokens(new FakeCredential(new CredentialUnavailableException("none")), BrokerDialect.ServiceBus);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetAsync("sb://x/q", TestContext.Current.CancellationToken));

        Assert.False(failure.IsTransient);
    }

    private sealed class FakeCredential(Exception? failure) : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return failure is null ? new ValueTask<AccessToken>(new AccessToken("jwt-text", DateTimeOffset.UnixEpoch)) : throw failure;
        }
    }
}
