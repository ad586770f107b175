namespace DStream.Hosting;

/// <summary>The names of log levels on a command line.</summary>
public static class LogLevels
{
    /// <summary>Reads <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>, in any letter case.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        LogLevel? known = text.ToUpperInvariant() switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "INFO" or "INFORMATION" => LogLevel.Information,
            "WARN" or "WARNING" => LogLevel.Warning,
            "ERROR" => LogLevel.Error,
            _ => null,
        };
        level = known ?? LogLevel.Information;
        return known is not null;
    }

    /// <summary>What to say of a name that is none.</summary>
    public static string Unknown(string text) => $"unknown log level '{text}'; trace, debug, info, warn and error are known.";
}
