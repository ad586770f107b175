using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class ConnectionEndTests
{
    // Once a closing session's channel was taken anew too early, the peer's library closed the connection so; the sender took it for a missing topic.
    [Theory]
    [InlineData("amqp:not-found")]
    [InlineData("amqp:not-allowed")]
    [InlineData("amqp:session:handle-in-use")]
    public async Task OpenSenderAsync_ConnectionClosedMeanwhile_IsTransientWhateverTheCondition(string condition)
    {
        using var broker = new ClosingBroker(condition);
        var options = ServiceBusOptions.For($"Endpoint=sb://127.0.0.1:{broker.Port};SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true");
        await using var bus = new ServiceBusNamespace(options, TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);

        var failure = await Assert.ThrowsAnyAsync<ProviderException>(async () => await bus.OpenSenderAsync("topic", Bench.Token));

        Assert.True(failure.IsTransient, failure.Message);
        Assert.Contains(condition, failure.Message, StringComparison.Ordinal);
    }
}
