using DStream.ServiceBus.Security;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Security;

public sealed class SharedAccessSignatureTests
{
    // Computed with OpenSSL: printf 'sb%%3A%%2F%%2Fcontoso.servicebus.windows.net%%2Fingest\n1700003600' | openssl dgst -sha256 -hmac 'test-key' -binary | base64
    private const string Known = "SharedAccessSignature sr=sb%3A%2F%2Fcontoso.servicebus.windows.net%2Fingest&sig=kkF9KiRrIawLlHDFFeD7yfvztdtSgb5G%2FE9bFMhBIIU%3D&se=1700003600&skn=Root";

    [Fact]
    public void Create_KnownInput_GivesKnownSignature()
    {
        var signed = SharedAccessSignature.Create("sb://contoso.servicebus.windows.net/ingest", "Root", "test-key", DateTimeOffset.FromUnixTimeSeconds(1_700_003_600));

        Assert.Equal(Known, signed);
    }

    [Theory]
    [InlineData(Known, 1_700_003_600L)]
    [InlineData("SharedAccessSignature sr=x&sig=y", null)]
    public void ExpiryOf_Signature_ReadsItsEnd(string signature, long? seconds) =>
        Assert.Equal(seconds, SharedAccessSignature.ExpiryOf(signature)?.ToUnixTimeSeconds());

    [Fact]
    public async Task GetAsync_Key_SignsForTheLifetime()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var source = new SharedAccessKeyTokens("Root", "test-key", TimeSpan.FromHours(1), time);

        var token = await source.GetAsync("sb://contoso.servicebus.windows.net/ingest", TestContext.Current.CancellationToken);

        Assert.Equal(Known, token.Value);
        Assert.Equal(SecurityToken.SharedAccess, token.Type);
        Assert.DoesNotContain("sig=", token.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_GivenSignatureThatEnded_FailsForGood()
    {
        var source = new GivenSignatureTokens(Known, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_003_601)));

        var failure = await Assert.ThrowsAsync<DStream.Core.ProviderException>(async () => await source.GetAsync("sb://x", TestContext.Current.CancellationToken));

        Assert.False(failure.IsTransient);
        Assert.DoesNotContain("sig=", failure.Message, StringComparison.Ordinal);
    }
}
