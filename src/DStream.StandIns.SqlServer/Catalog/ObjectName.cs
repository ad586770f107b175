using System.Text;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A name of up to three parts as functions take it in a string: [db].[schema].[name].</summary>
internal readonly record struct ObjectName(string? Database, string? Schema, string Name)
{
    public static ObjectName Parse(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or '"' && part.Length == 0)
            {
                var close = text[i] == '[' ? ']' : '"';
                for (i++; i < text.Length && (text[i] != close || (i + 1 < text.Length && text[i + 1] == close && ++i > 0)); i++)
                {
                    part.Append(text[i]);
                }
            }
            else if (text[i] == '.')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(text[i]);
            }
        }
        parts.Add(part.ToString().TrimEnd());
        string? Part(int fromEnd) => parts.Count >= fromEnd && parts[^fromEnd].Length > 0 ? parts[^fromEnd] : null;
        return new ObjectName(Part(3), Part(2), parts[^1]);
    }
}
