namespace DStream.Configuration.ConnectionStrings;

/// <summary>Checks the connection string of a storage account; the provider reads it.</summary>
internal static class StorageConnectionText
{
    private const string Example = "DefaultEndpointsProtocol=https;AccountName=...;AccountKey=...;EndpointSuffix=core.windows.net";
    private const string Entra = "https://account.blob.core.windows.net for Entra ID";

    internal static ConnectionStringProblem? Check(string text)
    {
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0
                ? null
                : new("the address of the storage account cannot be read", $"write {Entra}");
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return new("Entra ID tokens are never sent over http", $"write {Entra}; for an emulator write UseDevelopmentStorage=true or a connection string with its account key");
        if (KeyValueText.Parse(text) is not { } pairs)
            return new("the connection string is not a list of Key=value; pairs", $"write {Example}, or {Entra}");
        if (pairs.TryGetValue("UseDevelopmentStorage", out var development) && development.Equals("true", StringComparison.OrdinalIgnoreCase))
            return null;
        if (pairs.Has("AccountKey") && !Convert.TryFromBase64String(pairs["AccountKey"], new byte[pairs["AccountKey"].Length], out _))
            return new("the connection string's AccountKey is not base64", "copy the whole key, with the = at its end");
        var hasCredential = pairs.Has("AccountKey") || pairs.Has("SharedAccessSignature");
        if ((pairs.Has("AccountName") || pairs.Has("BlobEndpoint")) && hasCredential && (pairs.Has("AccountName") || !pairs.Has("AccountKey")))
            return null;
        return new("the connection string names no account with a key or a shared access signature", $"write {Example}, or {Entra}");
    }
}
