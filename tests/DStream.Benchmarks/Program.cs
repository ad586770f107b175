using System.CommandLine;
using DStream.Benchmarks;
using DStream.Benchmarks.Ingest;
using DStream.Benchmarks.StandIns;

var rows = new Option<int>("--rows") { Description = "Rows to drain", DefaultValueFactory = _ => 100_000 };
var columns = new Option<int>("--columns") { Description = "Columns of the table: 10 (about 200 bytes a row) or 40 (about 1.4 KB)", DefaultValueFactory = _ => 10 };
var rounds = new Option<int>("--rounds") { Description = "Measured rounds; the figures are of the median one", DefaultValueFactory = _ => 5 };

var ingest = new Command("ingest", "CPU a row of the ingest path over that of the floor: a bare reader and pre-encoded batches") { rows, columns, rounds };
ingest.SetAction((parsed, cancellationToken) =>
    IngestBenchmark.RunAsync(parsed.GetValue(rows), parsed.GetValue(columns), parsed.GetValue(rounds), cancellationToken));

var serve = new Command(BenchmarkServers.Verb, "Runs the stand-in servers for a benchmark until standard input ends") { rows, columns };
serve.Hidden = true;
serve.SetAction((parsed, cancellationToken) => BenchmarkServers.ServeAsync(parsed.GetValue(rows), parsed.GetValue(columns), cancellationToken));

var standIn = new Command("standin-servicebus", "Messages a second of the Service Bus stand-in, sent in batches, and received and completed");
standIn.SetAction((_, cancellationToken) => ServiceBusBenchmark.RunAsync(cancellationToken));

var serveServiceBus = new Command(ServiceBusProcess.Verb, "Runs a Service Bus stand-in for a benchmark until standard input ends") { Hidden = true };
serveServiceBus.SetAction((_, cancellationToken) => ServiceBusProcess.ServeAsync(cancellationToken));

return await new RootCommand("DStream's benchmarks. Run them in Release.") { ingest, serve, standIn, serveServiceBus }.Parse(args).InvokeAsync();
