using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Checks shared access signatures: <c>SharedAccessSignature sr=...&amp;sig=...&amp;se=...&amp;skn=...</c>, the signature being
/// HMAC-SHA256 over the encoded resource, a line feed and the expiry in seconds. One rule with all rights stands for the namespace.
/// </summary>
internal sealed class SasTokens(string keyName, string key, TimeProvider time)
{
    private const string Prefix = "SharedAccessSignature ";

    /// <summary>Checks a token and gives what it is good for.</summary>
    /// <exception cref="BrokerException">The token is malformed, expired or wrongly signed; the text never repeats it.</exception>
    public Claim Check(string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) throw Refuse("MalformedToken: no shared access signature.");

        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in token[Prefix.Length..].Split('&'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) fields[field[..equals]] = field[(equals + 1)..];
        }

        if (!fields.TryGetValue("sr", out var resource) || !fields.TryGetValue("sig", out var signature)
            || !fields.TryGetValue("se", out var expiry) || !fields.TryGetValue("skn", out var name)
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw Refuse("MalformedToken: one of sr, sig, se, skn is missing or unreadable.");

        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(resource + "\n" + expiry));
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var readable = Convert.TryFromBase64String(Uri.UnescapeDataString(signature), given, out var length);
        if (!readable || length != expected.Length || !CryptographicOperations.FixedTimeEquals(given, expected)
            || Uri.UnescapeDataString(name) != keyName)
            throw Refuse("InvalidSignature: The token has an invalid signature.");

        var until = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (until <= time.GetUtcNow()) throw Refuse("ExpiredToken: The token is expired.");

        return new Claim(EntityPath.FromAddress(Uri.UnescapeDataString(resource)), until);
    }

    private static BrokerException Refuse(string why) => new(BrokerError.Unauthorized, why);
}
