using System.Globalization;
using System.Net;
using DStream.Sandbox;
using DStream.StandIns.Proxy;
using DStream.StandIns.Proxy.Faults;
using Microsoft.Data.SqlClient;

namespace DStream.EndToEnd.Tests;

/// <summary>Both hosts behind a network that hands on in pieces, late, and breaks where nobody expects it.</summary>
[NeedsStandIn(TestServer.SqlServer, TestServer.ServiceBus)]
public sealed class NetworkFaultTests : EndToEndTest
{
    [Fact]
    public async Task Network_InPiecesAndCut_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await PrepareAsync(Configuration());
        foreach (var table in TwoTables) await CreateTopicAsync(table);
        var database = new SqlConnectionStringBuilder(Connections.Database);
        var bus = new Uri(Connections.ServiceBus.Split(';').Single(static part => part.StartsWith("Endpoint=", StringComparison.Ordinal))["Endpoint=".Length..]);
        await using var toDatabase = await ProxyAsync(int.Parse(database.DataSource.Split(',')[1], CultureInfo.InvariantCulture), seed: 1);
        await using var toBus = await ProxyAsync(bus.Port, seed: 2);
        database.DataSource = $"127.0.0.1,{toDatabase.Port}";
        var proxied = Connections with
        {
            Database = database.ConnectionString,
            ServiceBus = Connections.ServiceBus.Replace($"{bus.Host}:{bus.Port}", $"{bus.Host}:{toBus.Port}", StringComparison.Ordinal),
        };
        ProxyFaultRule[] cuts = [.. Cut(toDatabase), .. Cut(toBus)];

        var router = Launch("DStream.Router", pipeline.ConfigurationPath, proxied);
        var ingester = Launch("DStream.Ingester", pipeline.ConfigurationPath, proxied);
        while (cuts.Any(static cut => cut.Fired == 0)) await pipeline.CommitAsync(500, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
        Assert.False(router.HasExited || ingester.HasExited);
    }

    private static ProxyFaultRule[] Cut(TcpProxy proxy) =>
    [
        proxy.Faults.On(ProxyPoint.WithinBytes(Flow.ToClient, 10_000, 60_000)).Times(3).CloseRst(),
        proxy.Faults.On(ProxyPoint.WithinBytes(Flow.ToServer, 10_000, 60_000)).Times(3).CloseFin(),
    ];

    private static async Task<TcpProxy> ProxyAsync(int port, int seed)
    {
        var proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, port), TimeProvider.System, new TcpProxyOptions { Seed = seed });
        proxy.ToServer.Rechunk(1, 700);
        proxy.ToClient.Rechunk(1, 700);
        await proxy.StartAsync(Stop);
        return proxy;
    }
}
