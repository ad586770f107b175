using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>EXEC: of a string, of sp_executesql, of a procedure.</summary>
internal sealed partial class StatementRunner
{
    private const int DeepestNesting = 32;

    private async ValueTask ExecuteAsync(ExecuteStatement statement)
    {
        if (context.Nesting >= DeepestNesting)
        {
            throw Errors.TooDeep();
        }
        switch (statement.ExecuteSpecification.ExecutableEntity)
        {
            case ExecutableStringList strings:
                var text = string.Concat(strings.Strings.Select(part => (string?)Scalar(part).ConvertTo(SqlTypes.NVarChar(-1)).Eval(Frame())));
                await RunStringAsync(text).ConfigureAwait(false);
                break;
            case ExecutableProcedureReference { ProcedureReference.ProcedureReference.Name: { } name } call:
                if (string.Equals(name.BaseIdentifier.Value, "sp_executesql", StringComparison.OrdinalIgnoreCase))
                {
                    await ExecuteSqlAsync(call).ConfigureAwait(false);
                }
                else
                {
                    await CallAsync(statement.ExecuteSpecification, call, name).ConfigureAwait(false);
                }
                break;
            default:
                throw Errors.Unsupported("this form of EXECUTE");
        }
    }

    /// <summary>A name that means nothing ends the string's own batch; the one that executes it goes on.</summary>
    private async ValueTask RunStringAsync(string text)
    {
        try
        {
            await RunTextAsync(text, [], []).ConfigureAwait(false);
        }
        catch (Sessions.SqlErrorException unknown) when (unknown.Error.Number == 208 && _tryDepth == 0 && !context.Session.Settings.AbortOnError)
        {
            context.Session.LastError = unknown.Error.Number;
            context.Sink.Message(unknown.Error);
            context.Sink.StatementDone(null);
        }
    }

    private async ValueTask CallAsync(ExecuteSpecification specification, ExecutableProcedureReference call, SchemaObjectName name)
    {
        var frame = Frame();
        var arguments = call.Parameters.Select(parameter =>
        {
            // An unquoted word is a string: EXEC sp_x dbo.
            var value = parameter.ParameterValue switch
            {
                IdentifierLiteral word => Expressions.Expr.Constant(SqlTypes.SysName, word.Value),
                DefaultLiteral => Expressions.Expr.Constant(SqlTypes.Int, null),
                var given => Scalar(given),
            };
            return new ProcedureArgument(parameter.Variable?.Name, value.Type, value.Eval(frame)) { IsDefault = parameter.ParameterValue is DefaultLiteral };
        }).ToArray();
        if (ObjectResolver.Module(new CompileContext(context.Session, batch.Variables), name) is ProcedureDefinition procedure)
        {
            if (!batch.IsModule)
            {
                Access.Demand(context.Session, ObjectResolver.DatabaseOf(new CompileContext(context.Session, batch.Variables), name), "EXECUTE", procedure.Schema, procedure.Name);
            }
            await CallModuleAsync(specification, call, procedure, arguments).ConfigureAwait(false);
            return;
        }
        var nested = new BatchContext(context.Session, context.Sink, [], context.Attention) { Nesting = context.Nesting + 1 };
        nested.BeginStatement();
        var status = await Procedures.RunAsync(nested, ObjectResolver.Text(name), arguments).ConfigureAwait(false);
        if (specification.Variable is { } variable && batch.Variables.Find(variable.Name) is { } target)
        {
            context.Variables[target.Ordinal] = Conversion.To(status, SqlTypes.Int, target.Type);
        }
    }

    private async ValueTask CallModuleAsync(ExecuteSpecification specification, ExecutableProcedureReference call, ProcedureDefinition procedure, ProcedureArgument[] arguments)
    {
        var ended = await ModuleRunner.RunAsync(context, procedure, arguments, IsInsideTry).ConfigureAwait(false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = ModuleRunner.Position(procedure, arguments[i], i);
            if (!call.Parameters[i].IsOutput || call.Parameters[i].ParameterValue is not VariableReference variable)
            {
                continue;
            }
            if (!procedure.Parameters[parameter].IsOutput)
            {
                throw Errors.Of(8162, 16, $"The formal parameter \"{procedure.Parameters[parameter].Name}\" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.", 2);
            }
            var (ordinal, type) = batch.Variables.Find(variable.Name) ?? throw Errors.UndeclaredVariable(variable.Name);
            context.Variables[ordinal] = Conversion.To(ended.Variables[parameter], procedure.Parameters[parameter].Type, type);
        }
        if (specification.Variable is { } status && batch.Variables.Find(status.Name) is { } target)
        {
            context.Variables[target.Ordinal] = Conversion.To(ended.ReturnStatus, SqlTypes.Int, target.Type);
        }
    }

    private async ValueTask ExecuteSqlAsync(ExecutableProcedureReference call)
    {
        var frame = Frame();
        string? Text(int index) => call.Parameters.Count > index ? (string?)Scalar(call.Parameters[index].ParameterValue).ConvertTo(SqlTypes.NVarChar(-1)).Eval(frame) : null;
        var declared = BatchParser.ParseParameters(Text(1) ?? "");
        var values = new object?[declared.Count];
        var outputs = new List<(int Ordinal, string Variable)>();
        for (var i = 2; i < call.Parameters.Count; i++)
        {
            var parameter = call.Parameters[i];
            var ordinal = parameter.Variable is null ? i - 2 : declared.ToList().FindIndex(d => string.Equals(d.Name, parameter.Variable.Name, StringComparison.OrdinalIgnoreCase));
            if (ordinal < 0 || ordinal >= declared.Count)
            {
                throw Errors.Of(8145, 16, $"{parameter.Variable?.Name} is not a parameter for procedure sp_executesql.");
            }
            values[ordinal] = Scalar(parameter.ParameterValue).ConvertTo(declared[ordinal].Type).Eval(frame);
            if (parameter.IsOutput && parameter.ParameterValue is VariableReference variable)
            {
                outputs.Add((ordinal, variable.Name));
            }
        }
        var results = await RunTextAsync(Text(0) ?? "", declared, values).ConfigureAwait(false);
        foreach (var (ordinal, variable) in outputs)
        {
            var (target, type) = batch.Variables.Find(variable) ?? throw Errors.UndeclaredVariable(variable);
            context.Variables[target] = Conversion.To(results[ordinal], declared[ordinal].Type, type);
        }
    }

    private async ValueTask<object?[]> RunTextAsync(string text, IReadOnlyList<(string Name, SqlType Type)> parameters, object?[] values)
    {
        var inner = context.Engine.Batches.Get(text, parameters.Select(p => new Sessions.SqlParameter(p.Name, p.Type, null)).ToArray());
        var variables = new object?[inner.Variables.Count];
        values.CopyTo(variables, 0);
        var nested = context.Nested(context.Sink, variables);
        var tables = context.Session.TempTables;
        tables.Push();
        try
        {
            await new StatementRunner(nested, inner) { IsInsideTry = IsInsideTry }.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            tables.Pop();
        }
        return variables;
    }
}
