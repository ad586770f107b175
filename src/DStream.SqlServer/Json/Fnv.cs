namespace DStream.SqlServer.Json;

/// <summary>FNV-1a with 64 bits: the same for the same bytes in every process and release.</summary>
/// <remarks>Source: http://www.isthe.com/chongo/tech/comp/fnv/.</remarks>
internal static class Fnv
{
    public const ulong Start = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    public static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) hash = (hash ^ value) * Prime;
        return hash;
    }
}
