using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>CREATE, ALTER and DROP of views, procedures, functions and sequences; a rollback takes them back.</summary>
internal sealed class ModuleDefiner(BatchContext context, CompileContext compile, Transaction transaction)
{
    private Database Database => context.Session.CurrentDatabase;

    /// <summary>False where the statement is of another kind.</summary>
    public bool Define(TSqlStatement statement)
    {
        switch (statement)
        {
            case ViewStatementBody view:
                Enter(statement, view.SchemaObjectName, view is CreateViewStatement, view is AlterViewStatement, View(view));
                return true;
            case ProcedureStatementBody procedure:
                var name = procedure.ProcedureReference.Name;
                Enter(statement, name, procedure is CreateProcedureStatement, procedure is AlterProcedureStatement, (id, created) => new ProcedureDefinition(
                    SchemaOf(name), name.BaseIdentifier.Value, id, created, SyntaxText.Verbatim(statement), Parameters(procedure.Parameters), Body(procedure.StatementList.Statements, procedure.Parameters)));
                return true;
            case FunctionStatementBody function:
                Enter(statement, function.Name, function is CreateFunctionStatement, function is AlterFunctionStatement, Function(function));
                return true;
            case DropViewStatement or DropProcedureStatement or DropFunctionStatement:
                foreach (var dropped in ((DropObjectsStatement)statement).Objects)
                {
                    Drop(dropped, ((DropObjectsStatement)statement).IsIfExists, statement);
                }
                return true;
            case CreateSequenceStatement or AlterSequenceStatement or DropSequenceStatement:
                new SequenceDefiner(context, transaction).Define(statement);
                return true;
            default:
                return false;
        }
    }

    private Func<int, DateTime, IModule> View(ViewStatementBody view)
    {
        return (id, created) =>
        {
            var made = new ViewDefinition(SchemaOf(view.SchemaObjectName), view.SchemaObjectName.BaseIdentifier.Value, id, created, SyntaxText.Verbatim(view), view.SelectStatement, view.Columns, Database);
            // What does not compile is no view.
            var shape = ModuleCompiler.View(compile, made).Columns;
            var unnamed = shape.Select((c, i) => (c.Name, i)).FirstOrDefault(c => c.Name.Length == 0);
            return unnamed.Name is null ? made with { Shape = shape } : throw Errors.Of(4511, 16, $"Create View or Function failed because no column name was specified for column {unnamed.i + 1}.");
        };
    }

    private static Func<int, DateTime, IModule> Function(FunctionStatementBody node)
    {
        return (id, created) => new FunctionDefinition(
            SchemaOf(node.Name), node.Name.BaseIdentifier.Value, id, created, SyntaxText.Verbatim(node), Parameters(node.Parameters),
            node.StatementList is null ? null : Body(node.StatementList.Statements, node.Parameters),
            node.ReturnType is ScalarFunctionReturnType scalar ? DataTypes.Resolve(scalar.DataType) : null,
            (node.ReturnType as SelectFunctionReturnType)?.SelectStatement,
            (node.ReturnType as TableValuedFunctionReturnType)?.DeclareTableVariableBody);
    }

    private static Batch Body(IList<TSqlStatement> statements, IList<ProcedureParameter> parameters) =>
        new(statements.AsReadOnly(), parameters.Select(p => (p.VariableName.Value, DataTypes.Resolve(p.DataType)))) { IsModule = true };

    private static ModuleParameter[] Parameters(IList<ProcedureParameter> parameters) => parameters.Select(p => p.Modifier == ParameterModifier.ReadOnly
        ? throw Errors.Unsupported("a table-valued parameter")
        : new ModuleParameter(p.VariableName.Value, DataTypes.Resolve(p.DataType), p.Value, p.Modifier == ParameterModifier.Output)).ToArray();

    private void Enter(TSqlStatement statement, SchemaObjectName name, bool isCreate, bool isAlter, Func<int, DateTime, IModule> make)
    {
        var key = (SchemaOf(name), name.BaseIdentifier.Value);
        if (compile.Database != ObjectResolver.DatabaseOf(compile, name))
        {
            throw Errors.Of(166, 15, $"'{statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal)}' does not allow specifying the database name as a prefix to the object name.");
        }
        if (!Database.Schemas.ContainsKey(key.Item1))
        {
            throw Errors.Of(2760, 16, $"The specified schema name \"{key.Item1}\" either does not exist or you do not have permission to use it.");
        }
        var old = Database.Modules.GetValueOrDefault(key);
        if (isAlter && old is null)
        {
            throw Errors.Of(208, 16, $"Invalid object name '{ObjectResolver.Text(name)}'.", 6);
        }
        if ((isCreate && old is not null) || Database.FindTable(key.Item1, key.Value) is not null)
        {
            throw Errors.Of(2714, 16, $"There is already an object named '{key.Value}' in the database.", 3);
        }
        Replace(key, make(old?.ObjectId ?? Database.NextObjectId(), old?.Created ?? context.LocalNow));
    }

    private void Drop(SchemaObjectName name, bool ifExists, TSqlStatement statement)
    {
        var kind = statement switch { DropViewStatement => "view", DropProcedureStatement => "procedure", _ => "function" };
        var key = (SchemaOf(name), name.BaseIdentifier.Value);
        var fits = Database.Modules.GetValueOrDefault(key) is { } found && kind == found switch { ViewDefinition => "view", ProcedureDefinition => "procedure", _ => "function" };
        if (fits)
        {
            Replace(key, null);
            var (database, security) = (Database, Database.Security);
            database.Security = security.WithoutObject(key.Item1, key.Value);
            transaction.OnRollback(() => database.Security = security);
        }
        else if (!ifExists)
        {
            throw Errors.Of(3701, 11, $"Cannot drop the {kind} '{ObjectResolver.Text(name)}', because it does not exist or you do not have permission.", 5);
        }
    }

    private void Replace((string Schema, string Name) key, IModule? module)
    {
        var (database, engine) = (Database, context.Engine);
        var old = database.Modules.GetValueOrDefault(key);
        Put(module);
        transaction.OnRollback(() => Put(old));

        void Put(IModule? value)
        {
            if (value is null)
            {
                database.Modules.Remove(key);
            }
            else
            {
                database.Modules[key] = value;
            }
            engine.SchemaChanged();
        }
    }

    private static string SchemaOf(SchemaObjectName name) => name.SchemaIdentifier?.Value ?? "dbo";
}
