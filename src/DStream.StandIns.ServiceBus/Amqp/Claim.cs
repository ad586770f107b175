using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>What a token allows: its rights at and below a path, until a time. The empty path is the whole namespace.</summary>
internal readonly record struct Claim(string Path, DateTimeOffset Until, AccessRights Rights)
{
    public bool Covers(string path, AccessRights needed) =>
        Rights.HasFlag(needed)
        && (Path.Length == 0
            || path.Equals(Path, StringComparison.OrdinalIgnoreCase)
            || path.StartsWith(Path + "/", StringComparison.OrdinalIgnoreCase));
}
