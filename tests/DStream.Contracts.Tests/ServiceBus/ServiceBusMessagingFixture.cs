using Amqp;
using DStream.Core;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Contracts.Tests.ServiceBus;

/// <summary>The Service Bus provider, on whichever server the tests run.</summary>
public sealed class ServiceBusMessagingFixture : IMessagingFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestServiceBus _server;
    private readonly ServiceBusNamespace _namespace;
    private readonly ServiceBusAdministration _administration;

    private ServiceBusMessagingFixture(TestServiceBus server, ServiceBusTransport transport)
    {
        var webSockets = transport == ServiceBusTransport.AmqpWebSockets;
        var options = ServiceBusOptions.For(webSockets ? server.WebSocketConnectionString : server.ConnectionString) with { Transport = transport };
        _server = server;
        _namespace = new ServiceBusNamespace(options, TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);
        _administration = new ServiceBusAdministration(options, TimeProvider.System, NullLogger<ServiceBusAdministration>.Instance);
        Administration = new OwningAdministration(_administration, server.Own);
    }

    public IMessageSenderFactory Senders => _namespace;

    public IMessageReceiverFactory Receivers => _namespace;

    public IBrokerAdministration Administration { get; }

    public static async ValueTask<IMessagingFixture> StartAsync(ServiceBusTransport transport, CancellationToken cancellationToken)
    {
        var server = await ServiceBusFixture.OpenAsync(cancellationToken);
        try
        {
            return new ServiceBusMessagingFixture(server, transport);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<TakenMessage>> TakeFromSubscriptionAsync(string topic, string subscription, int count, CancellationToken cancellationToken)
    {
        await using var receiver = await _namespace.OpenSubscriptionReceiverAsync(topic, subscription, deadLetter: false, cancellationToken);
        return await TakeAsync(receiver, count, cancellationToken);
    }

    public async Task<IReadOnlyList<TakenMessage>> TakeDeadLettersAsync(string queue, int count, CancellationToken cancellationToken)
    {
        await using var receiver = await _namespace.OpenDeadLetterReceiverAsync(queue, cancellationToken);
        return await TakeAsync(receiver, count, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _administration.Dispose();
        await _namespace.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task<IReadOnlyList<TakenMessage>> TakeAsync(IMessageReceiver receiver, int count, CancellationToken cancellationToken)
    {
        var taken = new List<TakenMessage>();
        while (taken.Count < count)
        {
            var received = await receiver.ReceiveAsync(count - taken.Count, Patience, cancellationToken);
            Assert.NotEmpty(received);
            taken.AddRange(received.Select(Describe));
            await receiver.CompleteAsync(received, cancellationToken);
        }

        return taken;
    }

    /// <summary>From the bytes as they came, decoded by the AMQP library and not by the provider.</summary>
    private static TakenMessage Describe(ReceivedMessage received)
    {
        var bytes = received.Message.Encoded.ToArray();
        using var message = Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
        var properties = message.ApplicationProperties?.Map;
        string? Text(string name) => properties is not null && properties.TryGetValue(name, out var value) ? value as string : null;
        return new TakenMessage(
            message.Properties.MessageId, message.Properties.GroupId, TestMessages.BodyOf(received), message.Properties.Subject, Text("Destination"),
            Text("OperationType"), Text("TableName"), Text("LSN"), Text("traceparent"), Text("DeadLetterReason"), Text("DeadLetterErrorDescription"));
    }
}
