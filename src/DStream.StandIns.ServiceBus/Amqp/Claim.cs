namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>What a token allows: everything at and below a path, until a time. The empty path is the whole namespace.</summary>
internal readonly record struct Claim(string Path, DateTimeOffset Until)
{
    public bool Covers(string path) =>
        Path.Length == 0
        || path.Equals(Path, StringComparison.OrdinalIgnoreCase)
        || path.StartsWith(Path + "/", StringComparison.OrdinalIgnoreCase);
}
