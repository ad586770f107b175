using System.Globalization;
using System.Net.NetworkInformation;
using System.Security.Cryptography;

namespace DStream.Tests.Shared;

/// <summary>What is one broker's own: folder, ports on 127.0.0.1, name, cookie, user and password.</summary>
internal sealed class RabbitMqNode
{
    private const string User = "dstream-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dstream-rabbitmq-");
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly string _epmdPort;
    private readonly string _distributionPort;

    internal RabbitMqNode()
    {
        var ports = FreePorts(3);
        (Port, _epmdPort, _distributionPort) = (ports[0], Text(ports[1]), Text(ports[2]));
        foreach (var folder in new[] { "home", "log", "data" }) _folder.CreateSubdirectory(folder);
        File.WriteAllText(Path("environment"), "");
        File.WriteAllText(Path("plugins"), "[rabbitmq_amqp1_0].");
        File.WriteAllText(
            Path("rabbitmq.conf"),
            $"""
            listeners.tcp.1 = 127.0.0.1:{Text(Port)}
            default_user = {User}
            default_pass = {_password}
            log.console = true
            log.console.level = warning
            log.file = false

            """);
    }

    internal int Port { get; }

    internal string ConnectionString => $"amqp://{User}:{_password}@127.0.0.1:{Text(Port)}";

    /// <summary>The variables that make the broker's programs be this node's: https://www.rabbitmq.com/docs/3.13/configure.</summary>
    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        // The home folder has the cookie.
        ["HOME"] = Path("home"),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = _epmdPort,
        ["RABBITMQ_DIST_PORT"] = _distributionPort,
        ["RABBITMQ_NODENAME"] = $"dstream-{Text(Port)}@localhost",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RABBITMQ_CONF_ENV_FILE"] = Path("environment"),
        ["RABBITMQ_CONFIG_FILE"] = Path("rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path("plugins"),
        ["RABBITMQ_MNESIA_BASE"] = Path("data"),
        ["RABBITMQ_LOG_BASE"] = Path("log"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = Path("pid"),
    };

    /// <summary>The Erlang machine's process, while it runs.</summary>
    internal string ProcessId => File.ReadAllText(Path("pid")).Trim();

    internal void Delete() => _folder.Delete(recursive: true);

    private static int[] FreePorts(int count)
    {
        // Not of those that connections come from (32768 and up on Linux): while the broker is down, a client that connects to such a port may
        // be given it as its own, and is then connected with itself.
        var ports = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(static listener => listener.Port).ToHashSet();
        var free = new List<int>();
        while (free.Count < count)
        {
            var port = RandomNumberGenerator.GetInt32(20000, 32000);
            if (ports.Add(port)) free.Add(port);
        }

        return [.. free];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
