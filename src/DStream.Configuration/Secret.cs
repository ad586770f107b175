namespace DStream.Configuration;

/// <summary>What stands in a printed record in the place of a secret (I8).</summary>
internal static class Secret
{
    internal static string Mask(string value) => value.Length == 0 ? "(none)" : "***";
}
