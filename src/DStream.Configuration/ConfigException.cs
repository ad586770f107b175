namespace DStream.Configuration;

/// <summary>A configuration that cannot be used. The message has every error, one a line.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigError> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>What a host exits with: EX_CONFIG of sysexits.h.</summary>
    public const int ExitCode = 78;

    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
