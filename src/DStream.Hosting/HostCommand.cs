using System.CommandLine;
using System.CommandLine.Parsing;

namespace DStream.Hosting;

/// <summary>The command line that both hosts share. An option that is not given takes its environment variable.</summary>
internal static class HostCommand
{
    internal static async Task<int> RunAsync(string description, string[] args, Func<HostArguments, Task<int>> run)
    {
        var config = new Option<string>("--config", "-c")
        {
            Description = "Configuration file [env DSTREAM_CONFIG]",
            DefaultValueFactory = _ => Variable("DSTREAM_CONFIG") ?? "dstream.hcl",
        };
        config.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value.Length: 0 }]) result.AddError("--config is empty: give the path of the configuration file.");
        });
        var level = new Option<LogLevel>("--log-level")
        {
            Description = "trace, debug, info, warn, error [env DSTREAM_LOG_LEVEL]",
            HelpName = "level",
            DefaultValueFactory = result => ParseLevel(result, Variable("DSTREAM_LOG_LEVEL") ?? "info"),
            CustomParser = result => ParseLevel(result, result.Tokens.Count == 1 ? result.Tokens[0].Value : ""),
        };
        var format = new Option<LogFormat>("--log-format")
        {
            Description = "text or json [env DSTREAM_LOG_FORMAT]",
            HelpName = "format",
            DefaultValueFactory = result => ParseFormat(result, Variable("DSTREAM_LOG_FORMAT") ?? "text"),
            CustomParser = result => ParseFormat(result, result.Tokens.Count == 1 ? result.Tokens[0].Value : ""),
        };
        var command = new RootCommand(description) { config, level, format };
        command.SetAction((parsed, _) => run(new HostArguments(parsed.GetRequiredValue(config), parsed.GetValue(level), parsed.GetValue(format))));

        var result = command.Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try --help.");
            return ExitCodes.Usage;
        }

        // The generic host listens for SIGTERM and Ctrl-C itself and stops in its own time.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static LogLevel ParseLevel(ArgumentResult result, string text)
    {
        if (!LogLevels.TryParse(text, out var level)) result.AddError($"{Origin(result, "DSTREAM_LOG_LEVEL")}: {LogLevels.Unknown(text)}");
        return level;
    }

    private static LogFormat ParseFormat(ArgumentResult result, string text)
    {
        switch (text.ToUpperInvariant())
        {
            case "TEXT": return LogFormat.Text;
            case "JSON": return LogFormat.Json;
            default:
                result.AddError($"{Origin(result, "DSTREAM_LOG_FORMAT")}: unknown log format '{text}'; text and json are known.");
                return LogFormat.Text;
        }
    }

    /// <summary>Who said it: the option, or the variable that stands in for it.</summary>
    private static string Origin(ArgumentResult result, string variable) =>
        result.Tokens.Count == 0 ? variable : "--" + variable["DSTREAM_".Length..].ToLowerInvariant().Replace('_', '-');

    /// <summary>A variable's value; null where it is not set, or empty as a compose file leaves it.</summary>
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
