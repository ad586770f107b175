using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using DStream.Hosting;

namespace DStream.Sandbox;

/// <summary>The sandbox's command line.</summary>
internal static class SandboxCommand
{
    // Longer than the hosts take to stop.
    private static readonly TimeSpan TerminationTimeout = GracefulWork.ShutdownTimeout + TimeSpan.FromSeconds(20);

    private static readonly Option<int?> Changes = Number<int?, int>("--changes", 1, "Stop after N committed changes");
    private static readonly Option<bool> Verify = new("--verify") { Description = "Compare what the topics delivered with what was committed (with --changes)" };
    private static readonly Option<double?> Rate =
        Number<double?, double>("--rate", 0, "Changes a second, 0 for as many as can be; 20 unless given, 0 with --changes");
    private static readonly Option<int?> Tables = Number<int?, int>("--tables", 1, "Number of tables; 2 unless given");
    private static readonly Option<int?> Seed = Number<int?, int>("--seed", int.MinValue, "Seed of the workload: the same seed commits the same changes; 1 unless given");
    private static readonly Option<bool> Azurite = new("--azurite") { Description = "Leases in Azurite (npm install -g azurite) instead of in this process" };
    private static readonly Option<LogLevel> Level = new("--log-level")
    {
        Description = "Least level of the hosts' log: trace, debug, info, warn, error",
        HelpName = "level",
        DefaultValueFactory = _ => LogLevel.Warning,
        CustomParser = ParseLevel,
    };

    internal static async Task<int> RunAsync(string[] args, Func<SandboxOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("DStream Sandbox: both hosts against stand-in servers, a workload, and what the topics deliver.")
        {
            Changes, Verify, Rate, Tables, Seed, Azurite, Level,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetResult(Verify) is not null && result.GetResult(Changes) is null) result.AddError("--verify needs --changes N: it compares a finished run.");
        });
        command.SetAction((parsed, cancellationToken) => run(Options(parsed), cancellationToken));

        var result = command.Parse(args);
        if (result.Errors.Count == 0) return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
        foreach (var error in result.Errors) await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("Try --help.");
        return ExitCodes.Usage;
    }

    private static SandboxOptions Options(ParseResult parsed)
    {
        var defaults = new SandboxOptions();
        var changes = parsed.GetValue(Changes);
        return new SandboxOptions
        {
            Changes = changes,
            Verify = parsed.GetValue(Verify),
            Rate = parsed.GetValue(Rate) ?? (changes is null ? defaults.Rate : 0),
            Tables = parsed.GetValue(Tables) ?? defaults.Tables,
            Seed = parsed.GetValue(Seed) ?? defaults.Seed,
            Azurite = parsed.GetValue(Azurite),
            LogLevel = parsed.GetValue(Level),
        };
    }

    private static Option<TOption> Number<TOption, T>(string name, T minimum, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= minimum && T.IsFinite(value)) return (TOption)(object)value;
                result.AddError(minimum == T.Zero || minimum == T.One ? $"{name}: '{text}' is no number from {minimum} on." : $"{name}: '{text}' is no whole number.");
                return default;
            },
        };

    private static LogLevel ParseLevel(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (LogLevels.TryParse(text, out var level)) return level;
        result.AddError($"--log-level: {LogLevels.Unknown(text)}");
        return LogLevel.Warning;
    }
}
