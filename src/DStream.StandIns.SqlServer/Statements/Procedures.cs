using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>The system procedures. A procedure returns its status; 0 is success.</summary>
internal static class Procedures
{
    private static readonly Dictionary<string, Func<ProcedureCall, int>> ByName = Register();

    public static async ValueTask<int> RunAsync(BatchContext context, string name, IReadOnlyList<ProcedureArgument> arguments)
    {
        var plain = name.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        var simple = plain[(plain.LastIndexOf('.') + 1)..];
        if (!ByName.TryGetValue(simple, out var procedure) && !AppLockProcedures.IsGet(simple))
        {
            throw Errors.NoProcedure(name);
        }
        if (AppLockProcedures.IsGet(simple))
        {
            return await AppLockProcedures.GetAsync(context, new ProcedureCall(context, simple, arguments, null!)).ConfigureAwait(false);
        }
        return await LockedWork.RunAsync(context, [], writes: false, transaction => procedure!(new ProcedureCall(context, simple, arguments, transaction) { Database = Catalog.ObjectName.Parse(name).Database })).ConfigureAwait(false);
    }

    private static Dictionary<string, Func<ProcedureCall, int>> Register()
    {
        var procedures = new Dictionary<string, Func<ProcedureCall, int>>(StringComparer.OrdinalIgnoreCase);
        CdcProcedures.Register(procedures);
        procedures["sp_configure"] = static call => call.Context.Engine.Configuration.Configure(call);
        procedures["sp_addrole"] = static call => Secure(call, static (security, call) => security.AddRole(call.Text("rolename", 0) ?? throw call.Missing("rolename")));
        procedures["sp_addrolemember"] = static call => Secure(call, static (security, call) => security.SetMember(
            call.Text("rolename", 0) ?? throw call.Missing("rolename"), call.Text("membername", 1) ?? throw call.Missing("membername"), isMember: true));
        procedures["sp_droprolemember"] = static call => Secure(call, static (security, call) => security.SetMember(
            call.Text("rolename", 0) ?? throw call.Missing("rolename"), call.Text("membername", 1) ?? throw call.Missing("membername"), isMember: false));
        procedures["sp_addsrvrolemember"] = static call => Secure(call, static (security, call) => security.SetServerRole(
            call.Text("rolename", 1) ?? throw call.Missing("rolename"), call.Text("loginame", 0) ?? throw call.Missing("loginame"), isMember: true));
        procedures["sp_tablecollations_100"] = Catalog.CollationProcedure.Run;
        procedures["sp_releaseapplock"] = AppLockProcedures.Release;
        procedures["sp_rename"] = RenameProcedure.Run;
        ObjectProcedures.Register(procedures);
        procedures["sp_reset_connection"] = static call =>
        {
            call.Context.Session.Reset(keepTransaction: false);
            return 0;
        };
        return procedures;
    }

    private static int Secure(ProcedureCall call, Action<SecurityStatements, ProcedureCall> act)
    {
        act(new SecurityStatements(call.Context, call.Transaction), call);
        return 0;
    }
}

/// <summary>A call of a procedure, in the session's transaction or in one of its own.</summary>
internal sealed class ProcedureCall(BatchContext context, string name, IReadOnlyList<ProcedureArgument> arguments, Transaction transaction)
{
    public BatchContext Context { get; } = context;

    /// <summary>The database that the procedure's name names; null where it names none.</summary>
    public string? Database { get; init; }

    /// <summary>The session's open transaction, or the call's own. What the procedure changes it takes back by <see cref="Transaction.OnRollback"/>.</summary>
    public Transaction Transaction { get; } = transaction;

    /// <summary>Refuses arguments that the procedure does not have.</summary>
    public void Check(IReadOnlyList<string> parameters)
    {
        if (arguments.Count > parameters.Count)
        {
            throw Errors.Of(8144, 16, $"Procedure or function {name} has too many arguments specified.", 2, name);
        }
        if (arguments.FirstOrDefault(a => a.Name is { Length: > 0 } given && !parameters.Contains(given[1..], StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Errors.Of(8145, 16, $"{unknown.Name} is not a parameter for procedure {name}.", 2, name);
        }
    }

    /// <summary>Whether an argument was given at all, be it NULL.</summary>
    public bool Has(string parameter, int position) => arguments.Where((argument, i) =>
        argument.Name is { Length: > 0 } given ? string.Equals(given, "@" + parameter, StringComparison.OrdinalIgnoreCase) : i == position).Any();

    /// <summary>An argument as it came; null where it was not given.</summary>
    public ProcedureArgument? Raw(string parameter, int position) => arguments.Where((argument, i) =>
        argument.Name is { Length: > 0 } given ? string.Equals(given, "@" + parameter, StringComparison.OrdinalIgnoreCase) : i == position).FirstOrDefault();

    public string? Text(string parameter, int position) => (string?)Get(parameter, position, SqlTypes.NVarChar(-1));

    public object? Get(string parameter, int position, SqlType type)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument.Name is { Length: > 0 } given ? string.Equals(given, "@" + parameter, StringComparison.OrdinalIgnoreCase) : i == position)
            {
                return Conversion.To(argument.Value, argument.Type, type);
            }
        }
        return null;
    }

    public Sessions.SqlErrorException Missing(string parameter) =>
        Errors.Of(201, 16, $"Procedure or function '{name}' expects parameter '@{parameter}', which was not supplied.", 4, name);

    public void Result(IReadOnlyList<SqlColumn> columns, IEnumerable<object?[]> rows)
    {
        var all = rows.ToList();
        Context.Sink.Columns(columns);
        all.ForEach(row => Context.Sink.Row(row));
        Context.Sink.StatementDone(Context.Session.Settings.NoCount ? null : all.Count);
    }
}
