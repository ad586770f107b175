using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester.Tests;

/// <summary>A started ingester.</summary>
internal sealed class RunningIngester(IHost host) : IAsyncDisposable
{
    private bool _stopped;

    public IServiceProvider Services => host.Services;

    public TableStatus? Status(string table) =>
        host.Services.GetRequiredService<TableStatusBoard>().Tables.SingleOrDefault(status => status.Table == IngestRig.Table(table));

    public TableState? State(string table) => Status(table)?.State;

    /// <summary>Whether everything up to that LSN was delivered, as the status says.</summary>
    public bool HasReached(string table, Lsn lsn) => Status(table)?.Position >= ChangePosition.EndOf(lsn);

    public Task StartAsync() => host.StartAsync(IngestRig.Stop);

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await host.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
