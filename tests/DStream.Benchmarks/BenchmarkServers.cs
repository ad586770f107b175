using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DStream.Benchmarks.Ingest;
using DStream.Sandbox;

namespace DStream.Benchmarks;

/// <summary>The stand-in servers in a process of their own, so that the CPU of the measured process is the client's alone.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    internal const string Verb = "serve";

    private readonly Process _process;

    private BenchmarkServers(Process process, SandboxConnections connections)
    {
        _process = process;
        Connections = connections;
    }

    internal SandboxConnections Connections { get; }

    /// <summary>Starts the servers with a loaded table and waits until it is captured.</summary>
    internal static async Task<BenchmarkServers> StartAsync(int rows, int columns, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            Environment.GetCommandLineArgs()[0], Verb, "--rows", rows.ToString(CultureInfo.InvariantCulture),
            "--columns", columns.ToString(CultureInfo.InvariantCulture),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The servers' process ended before it was ready.");
        return new BenchmarkServers(process, JsonSerializer.Deserialize<SandboxConnections>(line)!);
    }

    /// <summary>The process's own part: serves until standard input ends.</summary>
    internal static async Task<int> ServeAsync(int rows, int columns, CancellationToken cancellationToken)
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, cancellationToken);
        await BenchmarkTable.CreateAsync(servers, rows, columns, cancellationToken);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(servers.Connections));
        while (await Console.In.ReadLineAsync(cancellationToken) is not null)
        {
            // Only the end counts.
        }

        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
