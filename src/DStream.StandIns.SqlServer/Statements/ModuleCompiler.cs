using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Compiles what names a view or a function of one's own. Views and inline functions are compiled in place; others run as batches.</summary>
internal static class ModuleCompiler
{
    private const int DeepestNesting = 32;

    public static CompiledQuery View(CompileContext context, ViewDefinition view)
    {
        var inner = Inner(context, new VariableTable(), view.Database);
        var query = Compile(inner, view.Select);
        Merge(context, inner);
        return view.Columns.Count == 0 ? query : query with { Columns = query.Columns.Select((c, i) => c with { Name = view.Columns[i].Value }).ToArray() };
    }

    /// <summary>A table-valued function in a FROM clause.</summary>
    public static LateralSource Table(CompileContext context, ExpressionCompiler compiler, FunctionDefinition function, IList<ScalarExpression> parameters)
    {
        var arguments = Arguments(compiler, function, parameters);
        if (function.Query is { } node)
        {
            var variables = new VariableTable();
            function.Parameters.ToList().ForEach(p => variables.Declare(p.Name, p.Type));
            var inner = Inner(context, variables, context.Database);
            var query = Compile(inner, node);
            Merge(context, inner);
            return new LateralSource(query with { Run = (run, frame) => query.Run(run.Nested(run.Sink, Values(arguments, frame!)), null) });
        }
        context.CallsFunctions = true;
        var table = new TableBuilder(Inner(context, new VariableTable(), context.Database), "", function.Table!.VariableName.Value).Build(function.Table.Definition);
        var columns = table.Columns.Select(c => new SqlColumn(c.Name, c.Type, c.IsNullable)).ToArray();
        return new LateralSource(new CompiledQuery(columns, (run, frame) => Filled(run, function, Values(arguments, frame!))));
    }

    /// <summary>A scalar function in an expression.</summary>
    public static Expr Scalar(ExpressionCompiler compiler, FunctionDefinition function, IList<ScalarExpression> parameters)
    {
        if (function.Returns is not { } type)
        {
            throw Errors.Of(4121, 16, $"Cannot find either column \"{function.Schema}\" or the user-defined function or aggregate \"{function.Schema}.{function.Name}\", or the name is ambiguous.");
        }
        compiler.Context.CallsFunctions = true;
        var arguments = Arguments(compiler, function, parameters);
        return new Expr(type, frame =>
        {
            var run = Nested(frame.Context, function, Values(arguments, frame));
            Execute(run, function);
            return run.Returned;
        });
    }

    private static List<object?[]> Filled(BatchContext outer, FunctionDefinition function, object?[] values)
    {
        var run = Nested(outer, function, values);
        var name = function.Table!.VariableName.Value;
        var tables = run.Session.TempTables;
        tables.Push();
        try
        {
            tables[name] = new TableBuilder(new CompileContext(run.Session, new VariableTable()), "", name).Build(function.Table.Definition);
            var result = tables.GetValueOrDefault(name)!;
            Execute(run, function);
            return result.Slots().Select(slot => slot.Latest(run.Session.Transaction)).OfType<object?[]>().ToList();
        }
        finally
        {
            tables.Pop();
        }
    }

    private static BatchContext Nested(BatchContext outer, FunctionDefinition function, object?[] values)
    {
        if (outer.Nesting >= DeepestNesting)
        {
            throw Errors.TooDeep();
        }
        var variables = new object?[function.Body!.Variables.Count];
        values.CopyTo(variables, 0);
        return outer.Nested(NoResults.Instance, variables);
    }

    // The statement around runs under the gate, so nothing in here waits: where a lock is in the way it throws, and all of it
    // runs again.
    private static void Execute(BatchContext run, FunctionDefinition function)
    {
        var running = new StatementRunner(run, function.Body!) { Procedure = function.Name, IsInsideTry = true, Returns = function.Returns }.RunAsync();
        if (!running.IsCompleted)
        {
            throw Errors.Unsupported("a function that waits");
        }
        running.GetAwaiter().GetResult();
    }

    private static Scalar[] Arguments(ExpressionCompiler compiler, FunctionDefinition function, IList<ScalarExpression> parameters)
    {
        if (parameters.Count > function.Parameters.Count)
        {
            throw Errors.Of(8144, 16, $"Procedure or function {function.Schema}.{function.Name} has too many arguments specified.", 2);
        }
        return function.Parameters.Select((parameter, i) =>
        {
            var value = i < parameters.Count ? parameters[i] : throw Errors.Of(313, 16, $"An insufficient number of arguments were supplied for the procedure or function {function.Schema}.{function.Name}.", 2);
            var chosen = value is DefaultLiteral ? parameter.Default ?? new NullLiteral() : value;
            return compiler.Compile(chosen).ConvertTo(parameter.Type).Eval;
        }).ToArray();
    }

    private static object?[] Values(Scalar[] arguments, Frame frame) => Array.ConvertAll(arguments, argument => argument(frame));

    private static CompiledQuery Compile(CompileContext context, SelectStatement select) =>
        new QueryCompiler(context).WithCommonTables(select.WithCtesAndXmlNamespaces, () => new QueryCompiler(context).Compile(select.QueryExpression, null));

    private static CompileContext Inner(CompileContext context, VariableTable variables, Database database) => context.ModuleDepth >= DeepestNesting
        ? throw Errors.TooDeep()
        : new CompileContext(context.Session, variables, database) { IsOwned = true, ModuleDepth = context.ModuleDepth + 1, MaxRecursion = context.MaxRecursion };

    private static void Merge(CompileContext context, CompileContext inner)
    {
        context.Reads.AddRange(inner.Reads);
        context.CallsFunctions |= inner.CallsFunctions;
        context.UsesSessionTables |= inner.UsesSessionTables;
    }
}
