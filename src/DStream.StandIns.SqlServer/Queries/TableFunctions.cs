using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Functions in a FROM clause.</summary>
internal static class TableFunctions
{
    public static RowSource Compile(CompileContext context, ExpressionCompiler compiler, SchemaObjectFunctionTableReference node)
    {
        var name = node.SchemaObject;
        if (string.Equals(name.SchemaIdentifier?.Value, "cdc", StringComparison.OrdinalIgnoreCase)
            && ObjectResolver.DatabaseOf(context, name).Cdc is { } cdc && cdc.FunctionInstance(name.BaseIdentifier.Value) is { } found)
        {
            Demand(context, cdc.Database, "cdc", name.BaseIdentifier.Value);
            if (node.Parameters.Count > 3)
            {
                throw Errors.Of(8144, 16, $"Procedure or function {ObjectResolver.Text(name)} has too many arguments specified.", 2);
            }
            if (node.Parameters.Count < 3)
            {
                throw Errors.Of(313, 16, $"An insufficient number of arguments were supplied for the procedure or function {ObjectResolver.Text(name)}.", 3);
            }
            var arguments = node.Parameters.Select(compiler.Compile).ToArray();
            var range = new ChangeRangeArguments(
                arguments[0].ConvertTo(SqlTypes.Lsn).Eval, arguments[1].ConvertTo(SqlTypes.Lsn).Eval, arguments[2].ConvertTo(SqlTypes.NVarChar(30)).Eval);
            return found.Net ? new NetChangesSource(cdc, found.Instance, range) : new ChangeFunctionSource(cdc, found.Instance, range);
        }
        if (ObjectResolver.Module(context, name) is FunctionDefinition { Returns: null } own)
        {
            Demand(context, context.Database, own.Schema, own.Name);
            return ModuleCompiler.Table(context, compiler, own, node.Parameters);
        }
        return string.Equals(name.BaseIdentifier.Value, "GENERATE_SERIES", StringComparison.OrdinalIgnoreCase) && name.SchemaIdentifier is null
            ? Series(compiler, node.Parameters)
            : throw Errors.InvalidObject(ObjectResolver.Text(name));
    }

    public static RowSource CompileGlobal(CompileContext context, ExpressionCompiler compiler, GlobalFunctionTableReference node) => node.Name.Value.ToUpperInvariant() switch
    {
        "STRING_SPLIT" => Split(compiler, node.Parameters),
        "GENERATE_SERIES" => Series(compiler, node.Parameters),
        _ => throw Errors.Unsupported($"table function {node.Name.Value}"),
    };

    private static void Demand(CompileContext context, Database database, string schema, string function)
    {
        if (!context.IsOwned)
        {
            Access.Demand(context.Session, database, "SELECT", schema, function);
        }
    }

    private static LateralSource Split(ExpressionCompiler compiler, IList<ScalarExpression> parameters)
    {
        var text = compiler.Compile(parameters[0]).ConvertTo(SqlTypes.NVarChar(-1)).Eval;
        var separator = compiler.Compile(parameters[1]).ConvertTo(SqlTypes.NVarChar(1)).Eval;
        var withOrdinal = parameters.Count > 2 && compiler.Compile(parameters[2]) is { IsConstant: true } flag && (int?)flag.ConvertTo(SqlTypes.Int).Eval(null!) == 1;
        SqlColumn[] columns = withOrdinal ? [new("value", SqlTypes.NVarChar(-1)), new("ordinal", SqlTypes.BigInt, false)] : [new("value", SqlTypes.NVarChar(-1))];
        return new LateralSource(new CompiledQuery(columns, (_, frame) => text(frame!) is string t && separator(frame!) is string s
            ? t.Split(s).Select((part, i) => withOrdinal ? new object?[] { part, i + 1L } : [part])
            : []));
    }

    private static LateralSource Series(ExpressionCompiler compiler, IList<ScalarExpression> parameters)
    {
        var values = parameters.Select(compiler.Compile).ToArray();
        var type = values[0].Type;
        var bounds = Array.ConvertAll(values, v => v.ConvertTo(SqlTypes.BigInt).Eval);
        return new LateralSource(new CompiledQuery([new SqlColumn("value", type)], (_, frame) => Count(bounds, frame!, type)));
    }

    private static IEnumerable<object?[]> Count(Scalar[] bounds, Frame frame, SqlType type)
    {
        if (bounds[0](frame) is not long from || bounds[1](frame) is not long to)
        {
            yield break;
        }
        var step = bounds.Length > 2 ? (long)bounds[2](frame)! : from <= to ? 1L : -1L;
        for (var i = from; step > 0 ? i <= to : i >= to; i += step)
        {
            yield return [Conversion.To(i, SqlTypes.BigInt, type)];
        }
    }
}
