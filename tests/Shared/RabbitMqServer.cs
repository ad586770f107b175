using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DStream.Tests.Shared;

/// <summary>
/// A RabbitMQ broker as processes of its own on free ports of 127.0.0.1, with a node name, cookie, user, password and folder of its own. It
/// speaks AMQP 0-9-1 and, by its plugin, AMQP 1.0 on one port. It can be killed, started again on what it stored, and paused. Its processes
/// end with the test process, however that ends.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    /// <summary>Names a broker to test against instead: <c>amqp://user:password@host:port</c>, whose user may administrate its virtual host.</summary>
    public const string Variable = "DSTREAM_TEST_RABBITMQ";

    /// <summary>What to do where it is absent.</summary>
    public const string Remedy = "RabbitMQ is not installed: install Debian's package rabbitmq-server, or set " + Variable + " to amqp://user:password@host:port.";

    // Debian's wrapper in /usr/sbin would change to a user of its own.
    private const string Folder = "/usr/lib/rabbitmq/bin";
    private const int StartAttempts = 3;

    // The shell keeps the group together: when the broker ends, or the input that the test process keeps open, all of the group is killed.
    private const string Script =
        """
        exec 3<&0
        epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" 3<&- &
        (read -r line <&3; kill -9 0) &
        "$0" 3<&-
        kill -9 0
        """;

    // The eight bytes that a client begins with: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.2.
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly RabbitMqNode _node = new();
    private readonly ConcurrentQueue<string> _said = [];
    private Process? _process;

    private RabbitMqServer()
    {
    }

    /// <summary>For AMQP 0-9-1 and 1.0; the virtual host is the default one.</summary>
    public string ConnectionString => _node.ConnectionString;

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port => _node.Port;

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => File.Exists(Path.Combine(Folder, "rabbitmq-server"));

    /// <summary>Which one is installed, by the name of its folder.</summary>
    public static string Version => Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Select(static folder => folder[(folder.LastIndexOf('-') + 1)..]).Max()!;

    /// <summary>Starts one; it answers when this returns.</summary>
    public static async Task<RabbitMqServer> StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RabbitMqServer();
            try
            {
                await server.StartAgainAsync(cancellationToken);
                return server;
            }
            catch (Exception failure)
            {
                await server.DisposeAsync();

                // Somebody may have taken one of its ports since they were looked for.
                if (failure is not InvalidOperationException || attempt == StartAttempts) throw;
            }
        }
    }

    /// <summary>Starts it after a kill, on the same port and on what it had stored.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process = Launch();
        var began = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > StartPatience)
                throw new InvalidOperationException($"RabbitMQ did not start:\n{string.Join('\n', _said)}");
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Kills the whole Erlang machine at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is not { } process) return;
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        _process = null;
    }

    /// <summary>Lets it hang: connections stay open, nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => RunAsync("kill", ["-STOP", _node.ProcessId], cancellationToken);

    /// <summary>Lets it go on after a pause.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => RunAsync("kill", ["-CONT", _node.ProcessId], cancellationToken);

    /// <summary>Runs <c>rabbitmqctl</c> on it, which takes some seconds; returns what that prints.</summary>
    public Task<string> ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Path.Combine(Folder, "rabbitmqctl"), ["-q", .. arguments], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        _node.Delete();
    }

    private Process Launch()
    {
        // A session of its own, so that what kills the group kills nothing else.
        var process = Start("setsid", ["sh", "-c", Script, Path.Combine(Folder, "rabbitmq-server")]);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _node.Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        _said.Enqueue(line);
        while (_said.Count > 200) _said.TryDequeue(out _);
    }

    /// <summary>Whether it answers the beginning of AMQP 0-9-1 with a method's frame, whose type is 1.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(ProtocolHeader, cancellationToken);
            var type = new byte[1];
            return await stream.ReadAsync(type, cancellationToken) == 1 && type[0] == 1;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
