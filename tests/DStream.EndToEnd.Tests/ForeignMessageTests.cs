using DStream.Core;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.EndToEnd.Tests;

/// <summary>What others put into the ingest queue.</summary>
public sealed class ForeignMessageTests : EndToEndTest
{
    private const string Queue = "ingest-queue";

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
        await Eventually.HoldsAsync(() => Servers.ServiceBus.Broker.FindQueue(Queue)!.Counts.Active == 0, "an empty queue");
        var letters = Servers.ServiceBus.Broker.FindQueue(Queue)!.DeadLetter!.Peek(0, 100);
        Assert.Equal(6, letters.Count);
        Assert.Equal(3, letters.Count(static letter => Reason(letter) is ("Unreadable", { } text) && text.Contains("'Destination'", StringComparison.Ordinal)));
        Assert.Equal(3, letters.Count(static letter => Reason(letter) is ("UnknownDestination", { } text) && text.Contains("'no.such.topic.events'", StringComparison.Ordinal)));
        Assert.True(Log.Has("Warning Message foreign-0", "dead-lettered, Unreadable"));
    }

    private static (object Reason, string Description) Reason(StandIns.ServiceBus.Broker.ReceivedMessage letter) =>
        (letter.ChangedProperties!["DeadLetterReason"], (string)letter.ChangedProperties["DeadLetterErrorDescription"]);

    private static byte[] Id(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private async Task SendAsync(IReadOnlyList<OutboundMessage> messages)
    {
        await using var bus = new ServiceBusNamespace(
            ServiceBusOptions.For(Servers.Connections.ServiceBus), TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);
        await using var sender = await bus.OpenSenderAsync(Queue, Stop);
        foreach (var message in messages) await sender.SendAsync(new[] { message }, Stop);
    }
}
