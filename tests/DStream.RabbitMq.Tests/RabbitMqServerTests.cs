using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DStream.RabbitMq.Tests;

/// <summary>The broker that the tests start: judged here, since everything else relies on it.</summary>
public sealed class RabbitMqServerTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_Killed_ListensNoMoreAndLeavesNoProcessBehind()
    {
        Assert.SkipUnless(RabbitMqServer.IsInstalled, RabbitMqServer.Remedy);
        var began = TimeProvider.System.GetTimestamp();
        int[] processes;
        await using (var server = await RabbitMqServer.StartAsync(Stop))
        {
            output.WriteLine($"started in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
            processes = ProcessesOf(server);
            Assert.Contains(processes, id => NameOf(id) == "beam.smp");
            Assert.Contains(processes, id => NameOf(id) == "epmd");
            await ConnectAsync(server);

            await server.KillAsync(Stop);

            await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(server));
        }

        // A killed process is a zombie until its parent has looked.
        var deadline = TimeSpan.FromSeconds(30);
        began = TimeProvider.System.GetTimestamp();
        while (processes.Any(static id => NameOf(id) is not null) && TimeProvider.System.GetElapsedTime(began) < deadline)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        Assert.Empty(processes.Select(NameOf).OfType<string>());
    }

    private static async Task ConnectAsync(RabbitMqServer server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, Stop);
    }

    /// <summary>All whose environment or command line names the node.</summary>
    private static int[] ProcessesOf(RabbitMqServer server)
    {
        var node = $"RABBITMQ_NODENAME=dstream-{server.Port.ToString(CultureInfo.InvariantCulture)}@localhost";
        return [.. Process.GetProcesses().Select(static process => process.Id).Where(id => Read(id, "environ").Contains(node, StringComparison.Ordinal))];
    }

    private static string? NameOf(int id)
    {
        var status = Read(id, "status");
        return status.Length == 0 || status.Contains("State:\tZ", StringComparison.Ordinal) ? null : status.Split('\n')[0]["Name:\t".Length..];
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
