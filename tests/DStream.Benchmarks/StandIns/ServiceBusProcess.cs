using System.Diagnostics;
using DStream.StandIns.ServiceBus;

namespace DStream.Benchmarks.StandIns;

/// <summary>A Service Bus stand-in in a process of its own.</summary>
internal sealed class ServiceBusProcess : IAsyncDisposable
{
    internal const string Verb = "serve-servicebus";

    private readonly Process _process;

    private ServiceBusProcess(Process process, string connectionString)
    {
        _process = process;
        ConnectionString = connectionString;
    }

    internal string ConnectionString { get; }

    internal static async Task<ServiceBusProcess> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], Verb]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The stand-in's process ended before it was ready.");
        return new ServiceBusProcess(process, line);
    }

    /// <summary>The process's own part: serves until standard input ends.</summary>
    internal static async Task<int> ServeAsync(CancellationToken cancellationToken)
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, cancellationToken);
        await Console.Out.WriteLineAsync(standIn.ConnectionString);
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
