using System.Globalization;
using System.Text;
using DStream.Core;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Benchmarks.StandIns;

/// <summary>
/// How fast the Service Bus stand-in is with DStream's own transport on the same machine: messages sent in full batches, and received and
/// completed, on a plain queue and on one with sessions and duplicate detection. The stand-in must not be what a benchmark of DStream measures.
/// </summary>
internal static class ServiceBusBenchmark
{
    private const int BodyBytes = 480;
    private const int Messages = 200_000;
    private const int BatchMessages = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(55);

    internal static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await using var process = await ServiceBusProcess.StartAsync(patience.Token);
        var options = ServiceBusOptions.For(process.ConnectionString);
        using var administration = new ServiceBusAdministration(options, TimeProvider.System, NullLogger<ServiceBusAdministration>.Instance);
        await using var bus = new ServiceBusNamespace(options, TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);

        // DStream's ingest queues have sessions and duplicate detection; its subscriptions have neither.
        await administration.EnsureQueueAsync("sessions", patience.Token);
        await administration.EnsureTopicAsync("topic", "one", patience.Token);
        await SendAsync(bus, "sessions", 20_000, 1_000_000, patience.Token); // Warms up both processes.
        var sessions = await SendAsync(bus, "sessions", Messages, 0, patience.Token);
        var plain = await SendAsync(bus, "topic", Messages, 0, patience.Token);
        await using var receiver = await bus.OpenSubscriptionReceiverAsync("topic", "one", deadLetter: false, patience.Token);
        await ReceiveAsync(receiver, 10_000, patience.Token);
        var received = await ReceiveAsync(receiver, Messages / 2, patience.Token);

        Show("sent, sessions and duplicate detection", sessions);
        Show("sent, topic with one subscription", plain);
        Show("received and completed", received);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"standin-servicebus: batched_per_s={Math.Min(sessions, plain):0} received_per_s={received:0}"));
        return 0;
    }

    private static async Task<double> SendAsync(ServiceBusNamespace bus, string entity, int count, int firstId, CancellationToken cancellationToken)
    {
        await using var sender = await bus.OpenSenderAsync(entity, cancellationToken);
        var body = Enumerable.Repeat((byte)'x', BodyBytes).ToArray();
        var headers = new MessageHeaders("Rows", "server.testdb.rows.events", "Insert", "Rows");
        var batches = new List<OutboundMessage[]>();
        for (var sent = 0; sent < count; sent += BatchMessages)
        {
            batches.Add([.. Enumerable.Range(firstId + sent, Math.Min(BatchMessages, count - sent)).Select(id => new OutboundMessage(
                Encoding.UTF8.GetBytes(id.ToString("d32", CultureInfo.InvariantCulture)), $"session {sent / BatchMessages % 16}", headers,
                "0000003600000b200003"u8.ToArray(), null, body))]);
        }

        var measured = await Measurement.OfAsync(async () =>
        {
            var inFlight = new Queue<Task>();
            foreach (var batch in batches)
            {
                inFlight.Enqueue(sender.SendAsync(batch, cancellationToken).AsTask());
                if (inFlight.Count == 4) await inFlight.Dequeue();
            }

            await Task.WhenAll(inFlight);
        });
        return count / measured.Wall.TotalSeconds;
    }

    private static async Task<double> ReceiveAsync(IMessageReceiver receiver, int count, CancellationToken cancellationToken)
    {
        var measured = await Measurement.OfAsync(async () =>
        {
            for (var received = 0; received < count;)
            {
                var messages = await receiver.ReceiveAsync(500, TimeSpan.FromSeconds(5), cancellationToken);
                if (messages.Count == 0) throw new InvalidOperationException($"Only {received} of {count} messages came.");

                await receiver.CompleteAsync(messages, cancellationToken);
                received += messages.Count;
            }
        });
        return count / measured.Wall.TotalSeconds;
    }

    private static void Show(string what, double perSecond) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {perSecond,10:0} messages/s"));
}
