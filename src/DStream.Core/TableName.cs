using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DStream.Core;

/// <summary>
/// The two-part name of a table. Two names that differ only in letter case are equal, as in a database with a
/// case-insensitive collation (the default of SQL Server).
/// </summary>
/// <param name="Schema">The schema, without brackets; <c>dbo</c> where none was written.</param>
/// <param name="Table">The table, without brackets.</param>
public readonly record struct TableName(string Schema, string Table)
{
    /// <summary>The schema of a name that was written without one.</summary>
    public const string DefaultSchema = "dbo";

    // sysname is nvarchar(128):
    // https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers
    private const int MaxPartLength = 128;

    /// <summary>Both parts in brackets, as it may stand in a statement: <c>[dbo].[Orders]</c>.</summary>
    public string Quoted => Bracket(Schema) + "." + Bracket(Table);

    /// <summary>Reads <c>Orders</c>, <c>sales.Orders</c> or <c>[my schema].[Or]]ders]</c>.</summary>
    /// <exception cref="FormatException">The text is no table name; the message says why.</exception>
    public static TableName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw new FormatException(error);

    /// <summary>Reads a name as <see cref="Parse"/> does, and says in <paramref name="error"/> why it could not.</summary>
    public static bool TryParse(string text, out TableName name, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = default;
        var parts = new List<string>(2);
        error = Split(text, parts) ?? parts.Select(CheckPart).FirstOrDefault(problem => problem is not null);
        if (error is not null)
            return false;
        if (parts.Count > 2)
        {
            error = $"\"{text}\" has {parts.Count} parts; write table or schema.table (the database comes from the connection string), "
                + "and a name that holds a dot in brackets: [my.table]";
            return false;
        }
        name = parts.Count == 1 ? new TableName(DefaultSchema, parts[0]) : new TableName(parts[0], parts[1]);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(TableName other) =>
        StringComparer.OrdinalIgnoreCase.Equals(Schema, other.Schema) && StringComparer.OrdinalIgnoreCase.Equals(Table, other.Table);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        StringComparer.OrdinalIgnoreCase.GetHashCode(Schema ?? ""), StringComparer.OrdinalIgnoreCase.GetHashCode(Table ?? ""));

    /// <summary>Schema and table, in brackets where a part needs them; <see cref="Parse"/> reads it back.</summary>
    public override string ToString() => BracketWhereNeeded(Schema) + "." + BracketWhereNeeded(Table);

    private static string BracketWhereNeeded(string? part) => IsRegular(part) ? part : Bracket(part);

    private static string Bracket(string? part) => "[" + part?.Replace("]", "]]", StringComparison.Ordinal) + "]";

    private static bool IsRegular([NotNullWhen(true)] string? part) =>
        part is { Length: > 0 }
        && (char.IsLetter(part[0]) || part[0] == '_')
        && part.All(c => char.IsLetterOrDigit(c) || c is '_' or '$' or '#' or '@');

    private static string? CheckPart(string part) =>
        part.Length == 0 ? "a part of the table name is empty"
        : part.Length > MaxPartLength ? $"\"{part[..20]}...\" has {part.Length} characters; SQL Server allows {MaxPartLength}"
        : null;

    /// <summary>Cuts the text at the dots outside of brackets; returns what is wrong with it, or null.</summary>
    private static string? Split(string text, List<string> parts)
    {
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            var error = at < text.Length && text[at] == '['
                ? ReadBracketed(text, ref at, parts)
                : ReadBare(text, ref at, parts);
            if (error is not null)
                return error;
            if (at == text.Length)
                return null;
            at++;
        }
    }

    private static string? ReadBare(string text, ref int at, List<string> parts)
    {
        var end = text.IndexOf('.', at);
        if (end < 0)
            end = text.Length;
        var part = text[at..end].Trim();
        at = end;
        if (part.AsSpan().IndexOfAny('[', ']') >= 0)
            return $"\"{text}\" has a bracket inside a name; put the whole part in brackets and double each closing one: [a]]b]";
        if (part.Any(char.IsControl))
            return "the table name holds a control character";
        parts.Add(part);
        return null;
    }

    private static string? ReadBracketed(string text, ref int at, List<string> parts)
    {
        var part = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != ']')
            {
                part.Append(text[at]);
                continue;
            }
            if (at + 1 < text.Length && text[at + 1] == ']')
            {
                part.Append(']');
                at++;
                continue;
            }
            at++;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at < text.Length && text[at] != '.')
                return $"\"{text}\" goes on after a closing bracket; only a dot may follow it, and ] inside a name is written ]]";
            parts.Add(part.ToString());
            return null;
        }
        return $"\"{text}\" opens a bracket that is never closed";
    }
}
