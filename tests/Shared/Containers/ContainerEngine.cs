using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DStream.Tests.Shared;

/// <summary>Whether a container engine answers. Asked once a program; where there is none it costs a look for some files.</summary>
internal static class ContainerEngine
{
    /// <summary>Set to <c>off</c>, no container is started though an engine answers.</summary>
    public const string Variable = "DSTREAM_TEST_CONTAINERS";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly Lazy<Task<bool>> Asked = new(AskAsync);

    public static Task<bool> AnswersAsync() => Asked.Value;

    private static async Task<bool> AskAsync()
    {
        if (string.Equals(Environment.GetEnvironmentVariable(Variable), "off", StringComparison.OrdinalIgnoreCase)) return false;
        if (OperatingSystem.IsWindows() && !Uri.TryCreate(Host, UriKind.Absolute, out _)) return File.Exists(@"\\.\pipe\docker_engine");
        foreach (var endpoint in Endpoints())
            if (await PingAsync(endpoint)) return true;
        return false;
    }

    private static string? Host => Environment.GetEnvironmentVariable("DOCKER_HOST");

    /// <summary>Where Testcontainers looks too: https://dotnet.testcontainers.org/custom_configuration/.</summary>
    private static IEnumerable<EndPoint> Endpoints()
    {
        if (Uri.TryCreate(Host, UriKind.Absolute, out var named))
            return named.Scheme == "unix" ? [new UnixDomainSocketEndPoint(named.AbsolutePath)] : [new DnsEndPoint(named.Host, named.Port)];
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] sockets =
        [
            "/var/run/docker.sock", Path.Combine(home, ".docker/run/docker.sock"), Path.Combine(home, ".docker/desktop/docker.sock"),
            Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "docker.sock") : null,
        ];
        return sockets.Where(static path => File.Exists(path)).Select(static path => new UnixDomainSocketEndPoint(path!));
    }

    /// <summary>https://docs.docker.com/reference/api/engine/: GET /_ping is answered by OK, without a version and without rights.</summary>
    private static async Task<bool> PingAsync(EndPoint endpoint)
    {
        using var timeout = new CancellationTokenSource(Patience, TimeProvider.System);
        using var socket = endpoint is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n"), timeout.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, timeout.Token);
            return Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.", StringComparison.Ordinal);
        }
        catch (Exception silence) when (silence is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
