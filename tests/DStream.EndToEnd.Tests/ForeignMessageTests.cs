using Azure.Messaging.ServiceBus;
using DStream.Core;

namespace DStream.EndToEnd.Tests;

/// <summary>What others put into the ingest queue.</summary>
public sealed class ForeignMessageTests : EndToEndTest
{
    [Fact]
    public async Task ForeignMessages_AreDeadLetteredWithTheReasonAndTheRestFlows()
    {
        await using var pipeline = await PrepareAsync(Configuration());
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        await pipeline.CommitAsync(200, rate: 0, Stop);
        await DeliveredAsync(pipeline, 1);

        // Into the sessions of the tables too, so that they stand between their messages.
        var sessions = pipeline.Config.Ingester!.Tables.Select(static table => table.Destination).Append("stranger");
        await SendAsync([.. sessions.SelectMany((session, i) => (OutboundMessage[])[
            new(Id($"foreign-{i}"), session, null, default, null, "not { json"u8.ToArray()),
            new(Id($"unknown-{i}"), session, new MessageHeaders("x", "no.such.topic.events", "Insert", "x"), Id("00"), null, "{}"u8.ToArray())])]);
        await pipeline.CommitAsync(200, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
        await AssertQueueIsEmptyAsync();
        var letters = await Servers.ServiceBus.TakeDeadLettersAsync(Servers.Queue, 6, Stop);
        Assert.Equal(3, letters.Count(static letter => IsLetter(letter, "Unreadable", "'Destination'")));
        Assert.Equal(3, letters.Count(static letter => IsLetter(letter, "UnknownDestination", "'no.such.topic.events'")));
        Assert.True(Log.Has("Warning Message foreign-0", "dead-lettered, Unreadable"));
    }

    private static bool IsLetter(ServiceBusReceivedMessage letter, string reason, string text) =>
        letter.DeadLetterReason == reason && letter.DeadLetterErrorDescription.Contains(text, StringComparison.Ordinal);

    private async Task AssertQueueIsEmptyAsync()
    {
        // Settled a moment after it is delivered.
        while ((await Servers.ServiceBus.Administration.GetQueueRuntimePropertiesAsync(Servers.Queue, Stop)).Value.ActiveMessageCount > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
    }

    private static byte[] Id(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private async Task SendAsync(IReadOnlyList<OutboundMessage> messages)
    {
        await using var bus = Servers.Connect();
        await using var sender = await bus.OpenSenderAsync(Servers.Queue, Stop);
        foreach (var message in messages) await sender.SendAsync(new[] { message }, Stop);
    }
}
