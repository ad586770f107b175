using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DStream.ServiceBus.Tests.Administration;

/// <summary>Answers HTTP requests as told, and keeps what was asked.</summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<Request, (int Status, string Body)> _answer;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public ScriptedHttp(Func<Request, (int Status, string Body)> answer)
    {
        _answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public List<Request> Requests { get; } = [];

    public ServiceBusOptions Options => ServiceBusOptions.For(
        $"Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true;AdministrationPort={Port}");

    public async ValueTask DisposeAsync()
    {
        _closed.SetResult();
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                // A listener that is closed between two requests may leave the wait for the next one without an end.
                var next = _listener.GetContextAsync();
                if (await Task.WhenAny(next, _closed.Task) != next) return;
                var context = await next;
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var request = new Request(
                    context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers["Authorization"] ?? "",
                    context.Request.ContentType ?? "", await reader.ReadToEndAsync());
                Requests.Add(request);
                var (status, body) = _answer(request);
                context.Response.StatusCode = status;
                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    internal sealed record Request(string Method, string Url, string Authorization, string ContentType, string Body);
}
