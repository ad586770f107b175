using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Checks shared access signatures: <c>SharedAccessSignature sr=...&amp;sig=...&amp;se=...&amp;skn=...</c>, the signature being
/// HMAC-SHA256 over the encoded resource, a line feed and the expiry in seconds. The key is one of the namespace's, or of the entity's own.
/// </summary>
internal sealed class SasTokens(IReadOnlyList<AccessRule> rules, MessageBroker broker, TimeProvider time)
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

        var path = EntityPath.FromAddress(Uri.UnescapeDataString(resource));
        var signed = Encoding.UTF8.GetBytes(resource + "\n" + expiry);
        var rule = KeysFor(Uri.UnescapeDataString(name), path).FirstOrDefault(rule => IsSignedWith(rule.Key, signed, signature))
            ?? throw Refuse("InvalidSignature: The token has an invalid signature.");

        var until = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (until <= time.GetUtcNow()) throw Refuse("ExpiredToken: The token is expired.");

        return new Claim(path, until, rule.Rights.HasFlag(AccessRights.Manage) ? AccessRights.All : rule.Rights);
    }

    private static bool IsSignedWith(string key, byte[] signed, string signature)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(Uri.UnescapeDataString(signature), given, out var length) && length == expected.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    private IEnumerable<AccessRule> KeysFor(string name, string path) =>
        rules.Concat(OwnRulesAt(path).SelectMany(static rule => new[]
        {
            new AccessRule(rule.Name, rule.PrimaryKey, rule.Rights), new AccessRule(rule.Name, rule.SecondaryKey, rule.Rights),
        })).Where(rule => rule.Name == name);

    // The entity that a path lies in: its own key opens its subscriptions, its dead-letter queue and its management node too.
    private IReadOnlyList<EntityAccessRule> OwnRulesAt(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            var entity = path[..end];
            if ((broker.FindQueue(entity)?.Options.AccessRules ?? broker.FindTopic(entity)?.Options.AccessRules) is { } found) return found;
        }

        return [];
    }

    private static BrokerException Refuse(string why) => new(BrokerError.Unauthorized, why);
}
