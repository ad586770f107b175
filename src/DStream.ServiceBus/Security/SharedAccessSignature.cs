using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DStream.ServiceBus.Security;

/// <summary>Signs shared access signatures. Pure.
/// Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas</summary>
internal static class SharedAccessSignature
{
    public static string Create(string resource, string keyName, string key, DateTimeOffset expiresOn)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{encoded}\n{expiry}"));
        return $"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(Convert.ToBase64String(hash))}&se={expiry}&skn={Uri.EscapeDataString(keyName)}";
    }

    /// <summary>When a signature that was given ends; null where it does not say.</summary>
    public static DateTimeOffset? ExpiryOf(string signature)
    {
        foreach (var part in signature[(signature.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('&'))
        {
            if (part.StartsWith("se=", StringComparison.Ordinal)
                && long.TryParse(part.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        return null;
    }
}
