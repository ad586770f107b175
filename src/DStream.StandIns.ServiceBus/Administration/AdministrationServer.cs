using System.Net;
using System.Text;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.EventHubs;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>The administration over HTTP on the loopback address: ATOM entries in and out, errors as the service words them.</summary>
internal sealed class AdministrationServer(
    int port, MessageBroker broker, EventHubNamespace eventHubs, SasTokens tokens, Throttle throttle, bool acceptAnyJwt, TimeProvider time)
{
    // A message costs one credit, an operation on an entity ten (service-bus-throttling).
    private const int ManagementCredits = 10;
    private const int MaxBodyBytes = 1024 * 1024;

    private readonly EntityResources _resources = new(broker, $"http://127.0.0.1:{port}/");
    private readonly EventHubResources _eventHubs = new(eventHubs, $"http://127.0.0.1:{port}/");
    private HttpListener? _listener;

    public void Start()
    {
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _listener = listener;
        _ = ServeAsync(listener);
    }

    public void Stop()
    {
        _listener?.Close();
        _listener = null;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var answer = await ReadAndAnswerAsync(context.Request);
            var body = answer.Body is null ? [] : Encoding.UTF8.GetBytes(answer.Body.ToString(SaveOptions.DisableFormatting));
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            if (answer.Tag is not null) context.Response.Headers["ETag"] = answer.Tag;
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client, or the listener, went away before the answer: nobody is left to tell.
            context.Response.Abort();
        }
    }

    private async Task<AdministrationAnswer> ReadAndAnswerAsync(HttpListenerRequest request)
    {
        try
        {
            var path = Uri.UnescapeDataString(request.Url!.AbsolutePath).Trim('/');
            Authorize(request, path);
            throttle.Take(ManagementCredits);
            var body = await ReadBodyAsync(request);
            return _eventHubs.IsFor(path, body)
                ? _eventHubs.Answer(request.HttpMethod, path, body)
                : _resources.Answer(request.HttpMethod, path, request.QueryString, request.Headers["If-Match"], body);
        }
        catch (BrokerException refused)
        {
            return Refusal(refused);
        }
    }

    private AdministrationAnswer Refusal(BrokerException refused)
    {
        var status = refused.Error switch
        {
            BrokerError.EntityExists => 409,
            BrokerError.EntityNotFound => 404,
            BrokerError.Unauthorized => 401,
            BrokerError.QuotaExceeded or BrokerError.NotAllowed => 403,
            BrokerError.Changed => 412,
            BrokerError.ServerBusy => 503,
            BrokerError.NotImplemented => 501,
            _ => 400,
        };
        var detail = $"SubCode={status}00. {refused.Message} TrackingId:{Guid.NewGuid()}, SystemTracker:stand-in, Timestamp:{time.GetUtcNow():s}";
        return new AdministrationAnswer(status, new XElement("Error", new XElement("Code", status), new XElement("Detail", detail)), "application/xml; charset=utf-8");
    }

    private void Authorize(HttpListenerRequest request, string path)
    {
        var header = request.Headers["Authorization"] ?? throw new BrokerException(
            BrokerError.Unauthorized, "MissingToken: The Authorization header is missing.");
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && acceptAnyJwt) return;

        if (!tokens.Check(header).Covers(path, AccessRights.Manage))
            throw new BrokerException(BrokerError.Unauthorized, $"InvalidAudience: The token does not cover '/{path}', or lacks the right Manage.");
    }

    private static async Task<string> ReadBodyAsync(HttpListenerRequest request)
    {
        if (!request.HasEntityBody) return "";

        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        var text = new StringBuilder();
        var piece = new char[4096];
        while (await reader.ReadAsync(piece) is > 0 and var count)
        {
            text.Append(piece, 0, count);
            if (text.Length > MaxBodyBytes) throw new BrokerException(BrokerError.BadRequest, "The body is longer than a description can be.");
        }

        return text.ToString();
    }
}
