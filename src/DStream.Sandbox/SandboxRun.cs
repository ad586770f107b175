using DStream.Hosting;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox;

/// <summary>One run of the sandbox from its start to its exit code.</summary>
internal static class SandboxRun
{
    private const int Mismatch = 1;

    internal static async Task<int> RunAsync(SandboxOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        await using var servers = await SandboxServers.StartAsync(options.Azurite, time, cancellationToken);
        Announce(output, servers.Connections);
        var tables = SandboxTable.First(options.Tables);
        var screen = new Screen(output, time);
        await using var pipeline = await SandboxPipeline.StartAsync(
            servers, tables, SandboxConfiguration.Text(tables, options.Azurite ? SandboxConfiguration.AzuriteLocks : SandboxConfiguration.MemoryLocks),
            new MemoryProviders(time), options.LogLevel, options.Verify, options.Seed, screen.Delivered, time, cancellationToken);

        using var showing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shown = screen.RunAsync(pipeline.Committed, pipeline.Delivered, showing.Token);
        try
        {
            await pipeline.CommitAsync(options.Changes, options.Rate, cancellationToken);
            await pipeline.WaitForDeliveryAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C: the end of a run without end.
        }

        await showing.CancelAsync();
        await shown;
        await pipeline.Hosts.StopAsync();
        if (!options.Verify) return ExitCodes.Success;

        var verdict = pipeline.Verify();
        await output.WriteLineAsync(verdict.ToString());
        return verdict.IsClean ? ExitCodes.Success : Mismatch;
    }

    private static void Announce(TextWriter output, SandboxConnections connections)
    {
        output.WriteLine("DStream sandbox. Stop with Ctrl-C. Any client can attach:");
        output.WriteLine($"  SQL Server   {connections.Database}");
        output.WriteLine($"  Service Bus  {connections.ServiceBus}");
        if (connections.Blob is { } blob) output.WriteLine($"  Blob         {blob}");
    }
}
