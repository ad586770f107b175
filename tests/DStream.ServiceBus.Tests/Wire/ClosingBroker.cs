using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace DStream.ServiceBus.Tests.Wire;

/// <summary>A broker that closes the connection, with that condition, over the first link that a client attaches.</summary>
internal sealed class ClosingBroker : IContainer, IDisposable
{
    private readonly ConnectionListener _listener;
    private readonly string _condition;

    public ClosingBroker(string condition)
    {
        _condition = condition;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener = new ConnectionListener(new Address("127.0.0.1", Port, null, null, "/", "amqp"), this);
        _listener.SASL.EnableAnonymousMechanism = true;
        _listener.Open();
    }

    public int Port { get; }

    public X509Certificate2 ServiceCertificate => throw new NotSupportedException("It speaks plain TCP.");

    public IDictionary<string, TransportProvider> CustomTransports { get; } = new Dictionary<string, TransportProvider>();

    public Message CreateMessage(ByteBuffer buffer) => Message.Decode(buffer);

    public Link CreateLink(ListenerConnection connection, ListenerSession session, Attach attach) => new ListenerLink(session, attach);

    public bool AttachLink(ListenerConnection connection, ListenerSession session, Link link, Attach attach)
    {
        connection.Close(TimeSpan.Zero, new Error(_condition));
        return false;
    }

    public void Dispose() => _listener.Close();
}
