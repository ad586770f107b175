using Amqp.Framing;
using Amqp.Types;
using DStream.ServiceBus.Sending;

namespace DStream.ServiceBus.Tests.Sending;

public sealed class SenderLimitsTests
{
    [Theory]
    [InlineData(262_144ul, null, 262_144, 262_144)]
    [InlineData(104_857_600ul, null, 104_857_600, 1_048_576)]
    [InlineData(104_857_600ul, 2_000_000ul, 104_857_600, 2_000_000)]
    [InlineData(0ul, null, 104_857_600, 1_048_576)]
    public void From_Reply_ReadsMessageAndBatchSize(ulong maxMessage, ulong? maxBatch, long message, long batch)
    {
        var reply = new Attach { MaxMessageSize = maxMessage };
        if (maxBatch is { } bytes) reply.Properties = new Fields { [new Symbol("com.microsoft:max-message-batch-size")] = bytes };

        var limits = SenderLimits.From(reply);

        Assert.Equal(message, limits.MaxMessageBytes);
        Assert.Equal(batch - MessageEncoder.EnvelopeBytes, limits.MaxBatchBytes);
        Assert.Equal(4500, limits.MaxBatchMessages);
    }
}
