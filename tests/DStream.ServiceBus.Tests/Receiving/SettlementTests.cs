using Amqp.Framing;
using DStream.ServiceBus.Receiving;

namespace DStream.ServiceBus.Tests.Receiving;

public sealed class SettlementTests
{
    [Fact]
    public void Answer_Accepted_EndsWithTheLast()
    {
        var settlement = new Settlement(2, asksRejection: false);

        settlement.Answer(new Accepted());
        var early = settlement.Done.IsCompleted;
        settlement.Answer(new Accepted());

        Assert.False(early);
        Assert.True(settlement.Done.IsCompletedSuccessfully);
        Assert.Null(settlement.Refusal);
    }

    [Theory]
    [InlineData("com.microsoft:session-lock-lost", "com.microsoft:session-lock-lost")]
    [InlineData("amqp:not-found", "com.microsoft:message-lock-lost")]
    public void Answer_RejectedUnasked_IsTheRefusal(string condition, string refusal)
    {
        var settlement = new Settlement(1, asksRejection: false);

        settlement.Answer(new Rejected { Error = new Error(condition) });

        Assert.Equal(refusal, settlement.Refusal?.Condition.ToString());
    }

    [Fact]
    public void Answer_DeadLetterEchoed_IsNoRefusal()
    {
        var settlement = new Settlement(2, asksRejection: true);

        settlement.Answer(new Rejected { Error = new Error("com.microsoft:dead-letter") });
        settlement.Answer(new Accepted());

        Assert.Null(settlement.Refusal);
    }

    [Fact]
    public void Answer_DeadLetterOfALostLock_IsTheRefusal()
    {
        var settlement = new Settlement(1, asksRejection: true);

        settlement.Answer(new Rejected { Error = new Error("com.microsoft:session-lock-lost") });

        Assert.NotNull(settlement.Refusal);
    }
}
