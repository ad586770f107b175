using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>
/// Turns the server's own procedures for running text (sp_executesql, sp_prepexec, ...) into batches with parameters; every
/// other procedure is the engine's.
/// </summary>
internal sealed class CallTranslator(PreparedStatements statements)
{
    public TranslatedCall Translate(RpcCall call)
    {
        var name = call.Procedure.StartsWith("sys.", StringComparison.OrdinalIgnoreCase) ? call.Procedure[4..] : call.Procedure;
        var given = call.Parameters;
        switch (name.ToUpperInvariant())
        {
            case "SP_EXECUTESQL":
                var declarations = given.Count > 1 ? TextAt(given, 1, name) : "";
                return new TranslatedCall(new PreparedStatement(TextAt(given, 0, name), declarations).Bind(given.Skip(2)), null);
            case "SP_PREPEXEC":
                var prepared = Prepare(given, name);
                return new TranslatedCall(prepared.Statement.Bind(given.Skip(3)), prepared.Handle);
            case "SP_PREPARE":
                return new TranslatedCall(null, Prepare(given, name).Handle);
            case "SP_EXECUTE":
                return new TranslatedCall(statements.Get(HandleAt(given, name)).Bind(given.Skip(1)), null);
            case "SP_UNPREPARE":
                statements.Remove(HandleAt(given, name));
                return new TranslatedCall(null, null);
            case var other when other.StartsWith("SP_CURSOR", StringComparison.Ordinal) || other == "SP_PREPEXECRPC":
                throw RequestRefusedException.Because($"{name} is not supported");
            default:
                return new TranslatedCall(new SqlRequest(call.Procedure, call.Procedure, given), null);
        }
    }

    private (PreparedStatement Statement, SqlParameter Handle) Prepare(IReadOnlyList<SqlParameter> given, string name)
    {
        if (given.Count < 3) throw Missing(name);
        // Replaces the statement of that handle; SqlClient starts with -1, which is none.
        if (given[0].Value is int replaced) statements.TryRemove(replaced);
        var statement = new PreparedStatement(TextAt(given, 2, name), given[1].Value as string ?? "");
        return (statement, new SqlParameter(given[0].Name, new SqlType(SqlKind.Int), statements.Add(statement), IsOutput: true));
    }

    private static string TextAt(IReadOnlyList<SqlParameter> given, int index, string procedure) =>
        index < given.Count && given[index].Value is string text ? text : index == 1 ? "" : throw Missing(procedure);

    private static int HandleAt(IReadOnlyList<SqlParameter> given, string procedure) =>
        given.Count > 0 && given[0].Value is int handle ? handle : throw Missing(procedure);

    private static SqlErrorException Missing(string procedure) =>
        new(new SqlError(201, 10, 16, $"Procedure or function '{procedure}' expects a parameter which was not supplied.", procedure));
}
