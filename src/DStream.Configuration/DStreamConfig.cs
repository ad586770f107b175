namespace DStream.Configuration;

/// <summary>A whole configuration file, validated. Blocks of a role that was not asked for are null.</summary>
public sealed record DStreamConfig
{
    /// <summary>Set when <see cref="ConfigRoles.Ingester"/> was asked for.</summary>
    public IngesterConfig? Ingester { get; init; }

    /// <summary>Set when <see cref="ConfigRoles.Router"/> was asked for.</summary>
    public RouterConfig? Router { get; init; }

    /// <summary>The file's path as it was given, or the name given to the text.</summary>
    public required string SourceFile { get; init; }
}
