namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>The parameter list of sp_executesql and its kin, as in <c>@a int, @b decimal(10,2) OUTPUT</c>: names only.</summary>
internal static class ParameterDeclarations
{
    public static IReadOnlyList<ParameterDeclaration> Parse(string declarations)
    {
        var found = new List<ParameterDeclaration>();
        var (start, depth, quoted) = (0, 0, false);
        for (var i = 0; i <= declarations.Length; i++)
        {
            var c = i < declarations.Length ? declarations[i] : ',';
            if (c == '\'') quoted = !quoted;
            if (quoted && i < declarations.Length) continue;
            if (c == '(') depth++;
            if (c == ')') depth--;
            if (c != ',' || depth > 0) continue;
            Add(found, declarations[start..i].Trim());
            start = i + 1;
        }
        return found;
    }

    private static void Add(List<ParameterDeclaration> found, string declaration)
    {
        if (!declaration.StartsWith('@')) return;
        var end = declaration.IndexOfAny([' ', '\t', '\r', '\n']);
        found.Add(new ParameterDeclaration(end < 0 ? declaration : declaration[..end], declaration.Contains('=')));
    }
}
