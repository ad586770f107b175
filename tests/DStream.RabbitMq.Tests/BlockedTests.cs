using DStream.Core;

namespace DStream.RabbitMq.Tests;

/// <summary>A broker that does not answer, or takes no messages, is something that passes: no call hangs.</summary>
public sealed class BlockedTests(RabbitMqFixture rabbit) : BrokerTest(rabbit)
{
    [Fact]
    public async Task Send_BrokerShortOfMemory_FailsAsTransientAndWorksAgain()
    {
        await using var sender = await Broker.OpenSenderAsync(Queue, Stop);
        await sender.SendAsync(Numbered("s1", 1), Stop);
        await Server.ControlAsync(["set_vm_memory_high_watermark", "0.000001"], Stop);
        ProviderException first, second;
        try
        {
            first = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Numbered("s1", 1, first: 1), Stop));
            second = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Numbered("s1", 1, first: 1), Stop));
        }
        finally
        {
            await Server.ControlAsync(["set_vm_memory_high_watermark", "0.4"], Stop);
        }

        await SendAsync(sender, Numbered("s1", 1, first: 1));
        Assert.All([first, second], static problem => Assert.True(problem.IsTransient));
        Assert.Contains("low on memory", first.Message, StringComparison.Ordinal);
        await using var receiver = await Broker.AcceptSessionAsync(Queue, Patience, Stop);
        Assert.Equal([0, 1], await DistinctAsync(receiver!, 2));
    }

    [Fact]
    public async Task Send_BrokerHangs_FailsAsTransientInTimeAndWorksAgain()
    {
        var broker = Connect(static options => options with { OperationTimeout = TimeSpan.FromSeconds(2) });
        await using var sender = await broker.OpenSenderAsync(Queue, Stop);
        await sender.SendAsync(Numbered("s1", 1), Stop);
        ProviderException problem, whileWriting;

        // More than the buffers between hold: the send waits for its own bytes to leave.
        var large = Numbered("s1", 1)[0] with { Body = new byte[1024 * 1024] };
        await Server.PauseAsync(Stop);
        try
        {
            problem = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Numbered("s1", 1, first: 1), Stop).AsTask().WaitAsync(Patience, Stop));
            whileWriting = await Assert.ThrowsAsync<ProviderException>(
                async () => await sender.SendAsync(Enumerable.Repeat(large, 32).ToArray(), Stop).AsTask().WaitAsync(Patience, Stop));
        }
        finally
        {
            await Server.ResumeAsync(Stop);
        }

        Assert.True(problem.IsTransient && whileWriting.IsTransient);
        await SendAsync(sender, Numbered("s1", 1, first: 1));
        await using var receiver = await broker.AcceptSessionAsync(Queue, Patience, Stop);
        Assert.Equal([0, 1], await DistinctAsync(receiver!, 2));
    }

    private static async Task SendAsync(IMessageSender sender, OutboundMessage[] messages)
    {
        while (true)
        {
            try
            {
                await sender.SendAsync(messages, Stop);
                return;
            }
            catch (ProviderException problem) when (problem.IsTransient)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
            }
        }
    }

    /// <summary>The first of each number; a copy of what a failed send had written may come too.</summary>
    private static async Task<List<int>> DistinctAsync(IMessageReceiver receiver, int count)
    {
        var numbers = new List<int>();
        while (numbers.Distinct().Count() < count)
        {
            var received = await receiver.ReceiveAsync(100, Patience, Stop);
            Assert.NotEmpty(received);
            numbers.AddRange(received.Select(NumberOf));
        }

        return [.. numbers.Distinct()];
    }
}
