using System.Diagnostics.CodeAnalysis;

namespace DStream.Configuration;

/// <summary>What the loader found: a configuration, or every error in the order of the file.</summary>
public sealed record ConfigResult
{
    public DStreamConfig? Config { get; init; }

    public required IReadOnlyList<ConfigError> Errors { get; init; }

    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Config is not null;

    /// <exception cref="ConfigException">The file has errors; the exception carries all of them.</exception>
    public DStreamConfig GetOrThrow() => Config ?? throw new ConfigException(Errors);
}
