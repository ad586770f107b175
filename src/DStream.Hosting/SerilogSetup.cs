using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace DStream.Hosting;

/// <summary>Structured logging to standard output through Serilog.</summary>
internal static class SerilogSetup
{
    private const string TextTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    internal static Logger CreateLogger(HostArguments arguments)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(ToSerilog(arguments.LogLevel))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)

            // The generic host writes whole exceptions, those of vendors inside of ours too (I8); HostProgram says what happened instead.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LevelAlias.Off)
            .Enrich.FromLogContext();
        configuration = arguments.LogFormat == LogFormat.Json
            ? configuration.WriteTo.Console(new RenderedCompactJsonFormatter())
            : configuration.WriteTo.Console(outputTemplate: TextTemplate, formatProvider: CultureInfo.InvariantCulture);
        return configuration.CreateLogger();
    }

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical => LogEventLevel.Fatal,
        _ => LogEventLevel.Information,
    };
}
