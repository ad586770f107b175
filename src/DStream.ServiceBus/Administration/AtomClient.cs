using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using DStream.Core;
using DStream.ServiceBus.Security;

namespace DStream.ServiceBus.Administration;

/// <summary>Sends ATOM requests with a token. Thread-safe.</summary>
internal sealed class AtomClient : IDisposable
{
    private readonly ServiceBusOptions _options;
    private readonly string _apiVersion;
    private readonly ITokenSource _tokens;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false };
    private readonly HttpClient _http;

    public AtomClient(ServiceBusOptions options, string apiVersion, TimeProvider time)
    {
        _options = options;
        _apiVersion = apiVersion;
        _tokens = TokenSources.For(options, time);
        _time = time;
        _http = new HttpClient(_handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends one request and returns the answer, whatever its status.</summary>
    /// <exception cref="ProviderException">No answer came.</exception>
    public async ValueTask<(HttpStatusCode Status, string Answer)> SendAsync(HttpMethod method, string path, string? entry, CancellationToken cancellationToken)
    {
        var address = new Uri(_options.ConnectionString.AdministrationAddress, $"{Escape(path)}?api-version={_apiVersion}");
        var token = await _tokens.GetAsync($"http://{_options.ConnectionString.Host}/{path}".ToLowerInvariant(), cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Authorization", token.AuthorizationHeader);
        if (entry is not null)
        {
            request.Content = new StringContent(entry, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/atom+xml;type=entry;charset=utf-8");
        }

        using var timeout = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw ServiceBusErrors.NoAnswer(Action(address), e);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException is AuthenticationException tls
                ? ServiceBusErrors.From(tls, Action(address), path)
                : new ProviderException(
                    $"{Action(address)} failed ({e.HttpRequestError}): the broker's administration cannot be reached. Check host, port and firewall.", isTransient: true, e);
        }
        catch (IOException e)
        {
            throw ServiceBusErrors.From(e, Action(address), path);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private static string Action(Uri address) => $"A request to {address.GetLeftPart(UriPartial.Path)}";

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
