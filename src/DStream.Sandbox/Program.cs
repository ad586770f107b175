using System.CommandLine;
using System.Globalization;
using DStream.Hosting;
using DStream.Sandbox;

var changes = new Option<int?>("--changes") { Description = "Stop after N committed changes" };
var verify = new Option<bool>("--verify") { Description = "Compare what the topics delivered with what was committed (with --changes)" };
var rate = new Option<double?>("--rate") { Description = "Changes a second, 0 for as many as can be; default 20, with --changes 0" };
var tables = new Option<int>("--tables") { Description = "Number of tables", DefaultValueFactory = _ => 2 };
var seed = new Option<int>("--seed") { Description = "Seed of the workload: the same seed commits the same changes", DefaultValueFactory = _ => 1 };
var azurite = new Option<bool>("--azurite") { Description = "Leases in Azurite (npm install -g azurite) instead of in this process" };
var level = new Option<LogLevel>("--log-level") { Description = "Least level of the hosts' log", DefaultValueFactory = _ => LogLevel.Warning };

changes.Validators.Add(result => RequireAtLeast(result, 1));
tables.Validators.Add(result => RequireAtLeast(result, 1));
rate.Validators.Add(result => RequireAtLeast(result, 0));
verify.Validators.Add(result =>
{
    if (result.GetValue(verify) && result.GetValue(changes) is null) result.AddError("--verify needs --changes N: it compares a finished run.");
});

var command = new RootCommand("DStream Sandbox: both hosts against stand-in servers, a workload, and what the topics deliver.")
{
    changes, verify, rate, tables, seed, azurite, level,
};
command.SetAction((parsed, cancellationToken) => new SandboxRun(
    new SandboxOptions
    {
        Changes = parsed.GetValue(changes),
        Verify = parsed.GetValue(verify),
        Rate = parsed.GetValue(rate) ?? (parsed.GetValue(changes) is null ? 20 : 0),
        Tables = parsed.GetValue(tables),
        Seed = parsed.GetValue(seed),
        Azurite = parsed.GetValue(azurite),
        LogLevel = parsed.GetValue(level),
    },
    Console.Out,
    Console.Error,
    TimeProvider.System).RunAsync(cancellationToken));

var result = command.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors) await Console.Error.WriteLineAsync(error.Message);
    await Console.Error.WriteLineAsync("Try --help.");
    return ExitCodes.Usage;
}

return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) });

static void RequireAtLeast(System.CommandLine.Parsing.OptionResult result, int minimum)
{
    var isNumber = double.TryParse(result.Tokens.SingleOrDefault()?.Value, CultureInfo.InvariantCulture, out var value);
    if (isNumber && !(value >= minimum && double.IsFinite(value))) result.AddError($"{result.Option.Name} must be at least {minimum}.");
}
