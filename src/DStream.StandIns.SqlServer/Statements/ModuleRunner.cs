using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Runs stored procedures of one's own.</summary>
internal static class ModuleRunner
{
    /// <summary>A procedure by the name a remote call gives.</summary>
    public static ProcedureDefinition? Find(SqlSession session, string name)
    {
        var parts = ObjectName.Parse(name);
        lock (session.Engine.Gate)
        {
            var database = parts.Database is null ? session.CurrentDatabase : session.Engine.Databases.GetValueOrDefault(parts.Database);
            return database?.Modules.GetValueOrDefault((parts.Schema ?? "dbo", parts.Name)) as ProcedureDefinition;
        }
    }

    /// <summary>Which parameter an argument is for.</summary>
    public static int Position(ProcedureDefinition procedure, ProcedureArgument argument, int index)
    {
        if (argument.Name is not { Length: > 0 } name)
        {
            return index < procedure.Parameters.Count ? index : throw Errors.Of(8144, 16, $"Procedure or function {procedure.Name} has too many arguments specified.", 2, procedure.Name);
        }
        for (var i = 0; i < procedure.Parameters.Count; i++)
        {
            if (string.Equals(procedure.Parameters[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }
        throw Errors.Of(8145, 16, $"{name} is not a parameter for procedure {procedure.Name}.", 2, procedure.Name);
    }

    /// <summary>Runs it; the context that it returns holds the parameters (by their position) and the status as they were at its end.</summary>
    public static async ValueTask<BatchContext> RunAsync(BatchContext caller, ProcedureDefinition procedure, IReadOnlyList<ProcedureArgument> arguments, bool isInsideTry = false)
    {
        var variables = new object?[procedure.Body.Variables.Count];
        var given = new bool[procedure.Parameters.Count];
        for (var i = 0; i < arguments.Count; i++)
        {
            var position = Position(procedure, arguments[i], i);
            if (!arguments[i].IsDefault)
            {
                given[position] = true;
                variables[position] = Conversion.To(arguments[i].Value, arguments[i].Type, procedure.Parameters[position].Type);
            }
        }
        var context = caller.Nested(caller.Sink, variables, procedure.ObjectId);
        for (var i = 0; i < given.Length; i++)
        {
            if (!given[i])
            {
                variables[i] = DefaultOf(context, procedure, procedure.Parameters[i]);
            }
        }
        var session = caller.Session;
        session.TempTables.Push();
        try
        {
            await new StatementRunner(context, procedure.Body) { Procedure = procedure.Name, IsInsideTry = isInsideTry }.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            session.TempTables.Pop();
        }
        return context;
    }

    private static object? DefaultOf(BatchContext context, ProcedureDefinition procedure, ModuleParameter parameter)
    {
        if (parameter.Default is not { } node)
        {
            throw Errors.Of(201, 16, $"Procedure or function '{procedure.Name}' expects parameter '{parameter.Name}', which was not supplied.", 4, procedure.Name);
        }
        return new ExpressionCompiler(new CompileContext(context.Session, new VariableTable()), new Scope(null)).Compile(node).ConvertTo(parameter.Type).Eval(new Frame(context, 0, 0, null));
    }
}
