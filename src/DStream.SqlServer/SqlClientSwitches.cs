namespace DStream.SqlServer;

/// <summary>Sets the switch of DStream.SqlServer.props where an executable was built without it.</summary>
/// <remarks>
/// The client reads a switch once, at its first use of it: the runtime configuration is always in time, this is so where nothing
/// else in the process used SqlClient before.
/// </remarks>
internal static class SqlClientSwitches
{
    internal const string CompatibilityProcessSni = "Switch.Microsoft.Data.SqlClient.UseCompatibilityProcessSni";

    internal static void Apply()
    {
        if (!AppContext.TryGetSwitch(CompatibilityProcessSni, out _)) AppContext.SetSwitch(CompatibilityProcessSni, false);
    }
}
