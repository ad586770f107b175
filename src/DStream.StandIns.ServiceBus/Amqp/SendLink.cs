using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Faults;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A link on which a client sends to a queue or a topic.</summary>
internal sealed class SendLink(
    AmqpServer server, ConnectionHandler connection, ListenerLink link, string path, Func<IReadOnlyList<BrokerMessage>, int> send) : IOpenLink
{
    private const uint Credit = 1000;
    private readonly DelayLine _delays = new(server.Settings.Time);
    private long _activity;

    public string Path => path;

    public AccessRights Needs => AccessRights.Send;

    public long Activity => Volatile.Read(ref _activity);

    public bool HasCredit => false;

    public void Open() => link.InitializeReceiver(Credit, (_, message, _, _) => _delays.Run(NextDelay, () => OnMessage((RawMessage)message)), this);

    public void Detach(Error error)
    {
        if (!link.IsClosed) link.Close(TimeSpan.Zero, error);
    }

    private TimeSpan NextDelay() => server.Faults.Take(FaultKind.DelaySend, path)?.Delay ?? TimeSpan.Zero;

    private void OnMessage(RawMessage message)
    {
        Volatile.Write(ref _activity, _activity + 1);

        // Transfers that were on their way when the link ended still arrive; the client holds them for lost.
        if (link.IsClosed) return;

        try
        {
            if (Struck()) return;

            var messages = Decode(message);
            server.Throttle.Take(messages.Count);
            send(messages);
            if (server.Faults.Take(FaultKind.LoseAcknowledgement, path) is null) Dispose(message, new Accepted());
        }
        catch (BrokerException refused) when (refused.Error == BrokerError.EntityNotFound)
        {
            Detach(AmqpErrors.From(refused));
        }
        catch (BrokerException refused)
        {
            Dispose(message, new Rejected { Error = AmqpErrors.From(refused) });
        }
        finally
        {
            message.Dispose();
        }

        bool Struck()
        {
            if (server.Faults.Take(FaultKind.DropOnSend, path) is not null)
            {
                connection.Drop();
                return true;
            }

            if (server.Faults.Take(FaultKind.DetachOnSend, path) is { } detach)
            {
                Detach(AmqpErrors.Make(detach.Condition, detach.Description));
                return true;
            }

            if (server.Faults.Take(FaultKind.RejectSend, path) is not { } reject) return false;

            Dispose(message, new Rejected { Error = AmqpErrors.Make(reject.Condition, reject.Description) });
            return true;
        }
    }

    private List<BrokerMessage> Decode(RawMessage message)
    {
        var settings = server.Settings;
        var limit = message.Format == IncomingMessages.BatchFormat ? settings.MaxBatchBytes : settings.MaxMessageBytes;
        if ((ulong)message.Length > limit) throw IncomingMessages.TooLarge(message.Length, limit);

        return message.Format == IncomingMessages.BatchFormat
            ? IncomingMessages.ReadBatch(message.Bytes, settings.MaxMessageBytes)
            : [IncomingMessages.Read(message.Bytes.ToArray())];
    }

    private void Dispose(RawMessage message, DeliveryState state)
    {
        if (link.IsClosed) return;

        link.DisposeMessage(message, state, settled: true);
    }
}
