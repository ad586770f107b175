using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Finds a function by name and compiles a call of it. The functions themselves stand by subject in their own files.</summary>
internal static class BuiltInFunctions
{
    private static readonly Dictionary<string, Function> ByName = Register();

    public static Expr Compile(ExpressionCompiler compiler, FunctionCall call)
    {
        var name = call.FunctionName.Value;
        if (call.OverClause is not null)
        {
            throw Errors.Unsupported($"{name} with OVER in this place");
        }
        if (call.CallTarget is MultiPartIdentifierCallTarget target)
        {
            name = target.MultiPartIdentifier.Identifiers[^1].Value + "." + name;
        }
        else if (Queries.Aggregates.IsAggregate(name))
        {
            throw Errors.Of(147, 15, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.");
        }
        return Compile(compiler, name, call.Parameters);
    }

    public static Expr Compile(ExpressionCompiler compiler, string name, IList<ScalarExpression> parameters)
    {
        if (!ByName.TryGetValue(name, out var function))
        {
            throw name.Contains('.') ? Errors.InvalidObject(name) : Errors.NoFunction(name);
        }
        // DATEADD(day, ...): the first argument is a word, not a column.
        var datePart = !function.TakesDatePart || parameters.Count == 0 ? null : parameters[0] switch
        {
            IdentifierLiteral word => word.Value,
            ColumnReferenceExpression word => word.MultiPartIdentifier.Identifiers[0].Value,
            _ => null,
        };
        var arguments = parameters.Skip(datePart is null ? 0 : 1).Select(compiler.Compile).ToArray();
        if (arguments.Length < function.Minimum || arguments.Length > function.Maximum)
        {
            throw Errors.Of(174, 15, $"The {name.ToLowerInvariant()} function requires {function.Minimum} argument(s).");
        }
        return function.Compile(new FunctionCallSite(compiler.Context, arguments, datePart));
    }

    private static Dictionary<string, Function> Register()
    {
        var functions = new Dictionary<string, Function>(StringComparer.OrdinalIgnoreCase);
        StringFunctions.Register(functions);
        DateFunctions.Register(functions);
        NumberFunctions.Register(functions);
        SystemFunctions.Register(functions);
        CatalogFunctions.Register(functions);
        PermissionFunctions.Register(functions);
        CdcScalarFunctions.Register(functions);
        AppLockFunctions.Register(functions);
        ChoiceFunctions.Register(functions);
        IdentityFunctions.Register(functions);
        JsonFunctions.Register(functions);
        return functions;
    }
}
