using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A call of a CDC procedure: its arguments by name, or by position in the order that the documentation gives them.</summary>
internal sealed class CdcCall
{
    private readonly ProcedureCall _call;
    private readonly string[] _parameters;

    public CdcCall(ProcedureCall call, string[] parameters)
    {
        call.Check(parameters);
        (_call, _parameters) = (call, parameters);
    }

    public BatchContext Context => _call.Context;

    public SqlSession Session => Context.Session;

    public EngineState Engine => Context.Engine;

    public Database Database => Session.CurrentDatabase;

    public Transactions.Transaction Transaction => _call.Transaction;

    /// <summary>The database's change data capture, or error 22901.</summary>
    public CdcDatabase Cdc => Database.Cdc ?? throw CdcErrors.DatabaseNotEnabled(Database.Name);

    /// <summary>A text without blanks at its end; null where it is NULL or left out.</summary>
    public string? Text(string parameter) => (string?)Get(parameter, SqlTypes.NVarChar(-1)) is { } text ? text.TrimEnd(' ') : null;

    public object? Get(string parameter, SqlType type) => _call.Get(parameter, Array.IndexOf(_parameters, parameter), type);

    public bool Has(string parameter) => _call.Has(parameter, Array.IndexOf(_parameters, parameter));

    /// <summary>A name that must be given (201) and must be one (22963).</summary>
    public string Name(string parameter) => !Has(parameter) ? throw _call.Missing(parameter)
        : Text(parameter) is { Length: > 0 } name ? name : throw CdcErrors.NullParameter("@" + parameter);

    public void Require(string parameter)
    {
        if (!Has(parameter))
        {
            throw _call.Missing(parameter);
        }
    }

    public void Undo(Action action) => Transaction.OnRollback(action);

    public void Result(IReadOnlyList<SqlColumn> columns, IEnumerable<object?[]> rows) => _call.Result(columns, rows);
}
