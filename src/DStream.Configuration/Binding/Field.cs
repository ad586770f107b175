using System.Diagnostics.CodeAnalysis;
using Superpower.Model;

namespace DStream.Configuration.Binding;

/// <summary>What a key of a block gave.</summary>
/// <param name="Value">The value, or the default; null when there is neither, or when an error was reported.</param>
/// <param name="Position">Of the value; of the block when the key is left out.</param>
/// <param name="Shown">The value as an error may print it: never a secret, and never what came from the environment (I8).</param>
/// <param name="IsWritten">Whether the file has the key.</param>
/// <param name="IsFromEnvironment">Whether a part of the value came from a variable.</param>
internal sealed record Field<T>(T? Value, Position Position, string Shown, bool IsWritten, bool IsFromEnvironment = false)
{
    internal bool TryGet([NotNullWhen(true)] out T? value)
    {
        value = Value;
        return value is not null;
    }
}
