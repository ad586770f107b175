using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>A statement with its declared parameters.</summary>
internal sealed record PreparedStatement(string Text, string Declarations)
{
    /// <summary>Gives values sent by position their declared names, and refuses where one is missing.</summary>
    public SqlRequest Bind(IEnumerable<SqlParameter> values)
    {
        var declared = ParameterDeclarations.Parse(Declarations);
        var bound = new List<SqlParameter>(declared.Count);
        var position = 0;
        foreach (var value in values)
        {
            var name = value.Name.Length > 0 || position >= declared.Count ? value.Name : declared[position].Name;
            bound.Add(value with { Name = name });
            position++;
        }
        foreach (var declaration in declared)
        {
            if (declaration.HasDefault || bound.Exists(value => value.Name.Equals(declaration.Name, StringComparison.OrdinalIgnoreCase))) continue;
            throw new SqlErrorException(new SqlError(8178, 1, 16,
                $"The parameterized query '({Declarations}){Text}' expects the parameter '{declaration.Name}', which was not supplied."));
        }
        return new SqlRequest(Text, null, bound);
    }
}

/// <summary>The handles of one connection.</summary>
internal sealed class PreparedStatements
{
    private readonly Dictionary<int, PreparedStatement> _byHandle = [];
    private int _last;

    public int Add(PreparedStatement statement)
    {
        _byHandle.Add(++_last, statement);
        return _last;
    }

    public PreparedStatement Get(int handle) => _byHandle.TryGetValue(handle, out var statement) ? statement : throw Unknown(handle);

    public void Remove(int handle)
    {
        if (!TryRemove(handle)) throw Unknown(handle);
    }

    public bool TryRemove(int handle) => _byHandle.Remove(handle);

    /// <summary>RESETCONNECTION drops them all, as on the server.</summary>
    public void Clear() => _byHandle.Clear();

    private static SqlErrorException Unknown(int handle) =>
        new(new SqlError(8179, 4, 16, $"Could not find prepared statement with handle {handle}."));
}
