using DStream.Configuration.Hcl;

namespace DStream.Configuration.Binding;

/// <summary>What every section needs to bind.</summary>
internal sealed record BindContext(ErrorSink Errors, KnownProviders Known, Func<string, string?> Environment, ConfigRoles Roles)
{
    internal bool Has(ConfigRoles role) => (Roles & role) != 0;
}
