using System.Globalization;
using DStream.Core;
using DStream.Sandbox;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Benchmarks.Ingest;

/// <summary>
/// CPU time a row of the ingest path (read, encode, send, checkpoint) over that of the floor: the same rows drained with a bare SqlDataReader that
/// touches every value, and the same bytes sent as pre-encoded batches. Rounds of both alternate in one process, the servers are another.
/// </summary>
internal static class IngestBenchmark
{
    internal static async Task<int> RunAsync(int rows, int columns, int rounds, CancellationToken cancellationToken)
    {
        await using var servers = await BenchmarkServers.StartAsync(rows, columns, cancellationToken);
        var options = ServiceBusOptions.For(servers.Connections.ServiceBus);
        await using var bus = new ServiceBusNamespace(options, TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);
        using var administration = new ServiceBusAdministration(options, TimeProvider.System, NullLogger<ServiceBusAdministration>.Instance);
        await administration.EnsureQueueAsync(IngestPath.Queue, cancellationToken);
        await using var sender = await bus.OpenSenderAsync(IngestPath.Queue, cancellationToken);

        await using var path = new IngestPath(servers.Connections, sender);
        var encoded = await path.EncodeAllAsync(cancellationToken);
        var floor = new IngestFloor(servers.Connections, sender, encoded, await path.DescribeAsync(cancellationToken));
        if (encoded.Rows != rows) throw new InvalidOperationException($"{encoded.Rows} rows were encoded instead of {rows}.");

        await MeasureAsync(path, floor, rows, cancellationToken); // Warms up both.
        var results = new List<Round>();
        for (var i = 0; i < rounds; i++) results.Add(await MeasureAsync(path, floor, rows, cancellationToken));
        Report(results, rows, columns, encoded.Bytes);
        return 0;
    }

    private static async Task<Round> MeasureAsync(IngestPath path, IngestFloor floor, int rows, CancellationToken cancellationToken)
    {
        var read = await Measurement.OfAsync(() => floor.ReadAsync(rows, cancellationToken));
        var send = await Measurement.OfAsync(() => floor.SendAsync(cancellationToken));
        var product = await Measurement.OfAsync(() => path.DrainAsync(cancellationToken));
        return new Round(product, read, send);
    }

    private static void Report(List<Round> rounds, int rows, int columns, long bytes)
    {
        var product = Measurement.Median(rounds.Select(static round => round.Product));
        var read = Measurement.Median(rounds.Select(static round => round.Read));
        var send = Measurement.Median(rounds.Select(static round => round.Send));
        var floor = read.Plus(send);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows of {columns} columns, {bytes / (double)rows:0} bytes a message; medians of {rounds.Count} rounds"));
        Show("ingest path", product, rows);
        Show("floor: read", read, rows);
        Show("floor: send", send, rows);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ingest: cpu_ratio={product.Cpu / floor.Cpu:0.00} cpu_us_per_row={product.Cpu.TotalMicroseconds / rows:0.00} rows_per_s={rows / product.Wall.TotalSeconds:0} "
            + $"mb_per_s={bytes / 1e6 / product.Wall.TotalSeconds:0.0} alloc_bytes_per_row={product.AllocatedBytes / (double)rows:0} "
            + $"alloc_above_floor={(product.AllocatedBytes - floor.AllocatedBytes) / (double)rows:0}"));
    }

    private static void Show(string name, Measurement measurement, int rows) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-12} {measurement.Cpu.TotalMicroseconds / rows,6:0.00} us cpu/row  {measurement.Wall.TotalMicroseconds / rows,6:0.00} us wall/row  {measurement.AllocatedBytes / (double)rows,6:0} bytes/row"));

    private sealed record Round(Measurement Product, Measurement Read, Measurement Send);
}
