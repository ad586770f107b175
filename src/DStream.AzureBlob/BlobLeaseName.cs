using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DStream.AzureBlob;

/// <summary>
/// The name of a lease's blob: the lease's name, escaped, and <c>.lock</c>. Letters, digits and <c>- _ . /</c> of ASCII stay; any other
/// character of ASCII becomes <c>~hh</c> and any beyond it <c>~uhhhh</c>, in hexadecimal. A dot or slash at the beginning of a path segment is
/// escaped too, since URLs swallow <c>..</c> and empty segments. Distinct names have distinct blobs: what is escaped can be read back.
/// </summary>
/// <remarks>Blob names have at most 1,024 characters and do not end in a dot or slash; a name whose escaped form is longer is cut and gets
/// <c>~-</c> and the SHA-256 of the whole. Source: "Naming and Referencing Containers, Blobs, and Metadata",
/// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.</remarks>
internal static class BlobLeaseName
{
    private const string Suffix = ".lock";
    private const int MaxLength = 1024;
    private const int HashLength = 64;
    private const string HashMark = "~-";

    public static string For(string lease)
    {
        ArgumentException.ThrowIfNullOrEmpty(lease);
        var escaped = new StringBuilder(lease.Length + Suffix.Length);
        var beginsSegment = true;
        foreach (var c in lease)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c is '.' or '/' && !beginsSegment)) escaped.Append(c);
            else if (char.IsAscii(c)) escaped.Append(CultureInfo.InvariantCulture, $"~{(int)c:x2}");
            else escaped.Append(CultureInfo.InvariantCulture, $"~u{(int)c:x4}");
            beginsSegment = c == '/';
        }

        if (escaped.Length + Suffix.Length > MaxLength) Shorten(escaped, lease);
        return escaped.Append(Suffix).ToString();
    }

    private static void Shorten(StringBuilder escaped, string lease)
    {
        // Over the characters as they are: any encoder would make all halves of surrogate pairs alike.
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(lease.AsSpan()));
        escaped.Length = MaxLength - Suffix.Length - HashMark.Length - HashLength;
        escaped.Append(HashMark).Append(Convert.ToHexStringLower(hash));
    }
}
