using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox;

/// <summary>One run of the sandbox from its start to its exit code.</summary>
internal sealed class SandboxRun(SandboxOptions options, TextWriter output, TextWriter errors, TimeProvider time)
{
    /// <summary>What was delivered is not what was committed.</summary>
    internal const int Mismatch = 1;

    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var servers = await SandboxServers.StartAsync(options.Azurite, time, cancellationToken);
            var screen = new Screen(output, time);
            await using var pipeline = await SandboxPipeline.StartAsync(servers.Connections, Plan(), screen.Delivered, time, cancellationToken);
            Announce(servers.Connections, pipeline.ConfigurationPath);
            var isDone = await CommitAsync(pipeline, screen, cancellationToken);
            await pipeline.Hosts.StopAsync();
            return options.Verify ? await JudgeAsync(pipeline, isDone) : ExitCodes.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C before everything was up.
            return ExitCodes.Success;
        }
        catch (ProviderException unavailable)
        {
            await errors.WriteLineAsync($"Cannot start: {unavailable.Message}");
            return ExitCodes.Unavailable;
        }
    }

    private SandboxPlan Plan()
    {
        var tables = SandboxTable.First(options.Tables);
        return new SandboxPlan
        {
            Tables = tables,
            Configuration = SandboxConfiguration.Text(tables, options.Azurite ? SandboxConfiguration.AzuriteLocks : SandboxConfiguration.MemoryLocks),
            LogLevel = options.LogLevel,
            Verify = options.Verify,
            Seed = options.Seed,
        };
    }

    /// <summary>Commits, and waits until it has arrived; whether all was done that was asked for, and not ended by Ctrl-C.</summary>
    private async Task<bool> CommitAsync(SandboxPipeline pipeline, Screen screen, CancellationToken cancellationToken)
    {
        using var showing = new CancellationTokenSource();
        var shown = screen.RunAsync(pipeline.Committed, pipeline.Delivered, showing.Token);
        var isDone = false;
        try
        {
            await pipeline.CommitAsync(options.Changes, options.Rate, cancellationToken);
            await pipeline.WaitForDeliveryAsync(cancellationToken);
            isDone = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was committed by now can be compared all the same, once it has arrived.
            if (options.Verify) await pipeline.WaitForDeliveryAsync(CancellationToken.None);
        }

        await showing.CancelAsync();
        await shown;
        return isDone;
    }

    private async Task<int> JudgeAsync(SandboxPipeline pipeline, bool isDone)
    {
        if (!isDone) await output.WriteLineAsync($"stopped after {pipeline.Committed.Count} of {options.Changes} changes");
        var verdict = pipeline.Verify();
        await output.WriteLineAsync(verdict.ToString());
        return verdict.IsClean ? ExitCodes.Success : Mismatch;
    }

    private void Announce(SandboxConnections connections, string configuration)
    {
        output.WriteLine("DStream sandbox. Stop with Ctrl-C. Any client can attach:");
        output.WriteLine($"  SQL Server   {connections.Database}");
        output.WriteLine($"  Service Bus  {connections.ServiceBus}");
        if (connections.Blob is { } blob) output.WriteLine($"  Blob         {blob}");
        output.WriteLine($"  dstream.hcl  {configuration}");
    }
}
