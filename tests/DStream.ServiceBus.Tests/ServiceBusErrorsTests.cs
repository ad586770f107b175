using System.Net.Sockets;
using System.Security.Authentication;
using Amqp;
using Amqp.Framing;

namespace DStream.ServiceBus.Tests;

public sealed class ServiceBusErrorsTests
{
    [Theory]
    [InlineData("com.microsoft:server-busy", true)]
    [InlineData("com.microsoft:timeout", true)]
    [InlineData("com.microsoft:operation-cancelled", true)]
    [InlineData("amqp:internal-error", true)]
    [InlineData("amqp:link:detach-forced", true)]
    [InlineData("amqp:connection:forced", true)]
    [InlineData("amqp:unauthorized-access", true)]
    [InlineData("com.microsoft:message-lock-lost", true)]
    [InlineData("com.microsoft:session-lock-lost", true)]
    [InlineData("amqp:resource-limit-exceeded", true)]
    [InlineData("vendor:never-heard-of", true)]
    [InlineData("amqp:not-found", false)]
    [InlineData("com.microsoft:auth-failed", false)]
    [InlineData("com.microsoft:entity-disabled", false)]
    [InlineData("amqp:link:message-size-exceeded", false)]
    [InlineData("amqp:not-allowed", false)]
    public void From_Condition_SaysWhetherItMayPass(string condition, bool transient)
    {
        var failure = ServiceBusErrors.From(new Error(condition) { Description = "the broker's words" }, "Sending to 'q'", "q");

        Assert.Equal(transient, failure.IsTransient);
        Assert.StartsWith("Sending to 'q' failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(condition, failure.Message, StringComparison.Ordinal);
        Assert.Contains("the broker's words", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_NotFound_NamesTheEntityAndTheRemedy()
    {
        var queue = ServiceBusErrors.From(new Error("amqp:not-found"), "Opening a sender to 'ingest'", "ingest");
        var subscription = ServiceBusErrors.From(new Error("amqp:not-found"), "Opening a receiver", "t.events/Subscriptions/sub1/$DeadLetterQueue");

        Assert.Contains("create = true", queue.Message, StringComparison.Ordinal);
        Assert.Contains("az servicebus queue create --name ingest --enable-session true", queue.Message, StringComparison.Ordinal);
        Assert.Contains("az servicebus topic subscription create --topic-name t.events --name sub1", subscription.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attaching_Unauthorized_IsFinalSinceTheTokenWasJustTaken() =>
        Assert.False(ServiceBusErrors.Attaching(new Error("amqp:unauthorized-access"), "Opening", "q").IsTransient);

    [Fact]
    public void From_Exceptions_SaysWhetherTheyMayPass()
    {
        Assert.True(ServiceBusErrors.From(new SocketException((int)SocketError.ConnectionRefused), "Connecting", "h").IsTransient);
        Assert.True(ServiceBusErrors.From(new TimeoutException(), "Connecting", "h").IsTransient);
        Assert.True(ServiceBusErrors.From(new OperationCanceledException(), "Connecting", "h").IsTransient);
        Assert.False(ServiceBusErrors.From(new AuthenticationException(), "Connecting", "h").IsTransient);
        Assert.False(ServiceBusErrors.From(new AmqpException("amqp:not-found", "x"), "Connecting", "h").IsTransient);
        Assert.True(ServiceBusErrors.From((Error?)null, "Sending", "h").IsTransient);
    }

    [Fact]
    public void From_LongDescription_IsCutAndOfOneLine()
    {
        var failure = ServiceBusErrors.From(new Error("amqp:internal-error") { Description = "a\r\n" + new string('b', 5000) }, "Sending", "q");

        Assert.InRange(failure.Message.Length, 400, 700);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
