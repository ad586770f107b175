namespace DStream.Configuration;

/// <summary>Whose blocks to evaluate, so that a process needs only its own secrets in its environment.</summary>
[Flags]
public enum ConfigRoles
{
    None = 0,
    Ingester = 1,
    Router = 2,
    All = Ingester | Router,
}
