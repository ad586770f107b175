using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>CREATE, ALTER ... RESTART and DROP SEQUENCE.</summary>
internal sealed class SequenceDefiner(BatchContext context, Transaction transaction)
{
    public void Define(TSqlStatement statement)
    {
        var sequences = context.Session.CurrentDatabase.Sequences;
        switch (statement)
        {
            case CreateSequenceStatement create:
                var made = Make(create);
                if (!sequences.TryAdd((made.Schema, made.Name), made))
                {
                    throw Errors.ObjectExists(made.Name);
                }
                transaction.OnRollback(() => sequences.Remove((made.Schema, made.Name)));
                break;
            case AlterSequenceStatement alter:
                if (alter.SequenceOptions.FirstOrDefault(o => o.OptionKind == SequenceOptionKind.Restart) is not { } restart || alter.SequenceOptions.Count > 1)
                {
                    throw Errors.Unsupported("ALTER SEQUENCE other than RESTART");
                }
                var sequence = Find(context.Session.CurrentDatabase, alter.Name);
                sequence.Restart(Number(restart) ?? sequence.Start);
                break;
            case DropSequenceStatement drop:
                foreach (var name in drop.Objects)
                {
                    var key = (name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value);
                    if (sequences.Remove(key, out var dropped))
                    {
                        transaction.OnRollback(() => sequences.Add(key, dropped));
                    }
                    else if (!drop.IsIfExists)
                    {
                        throw Errors.Of(3701, 11, $"Cannot drop the sequence object '{ObjectResolver.Text(name)}', because it does not exist or you do not have permission.", 5);
                    }
                }
                break;
            default:
                break;
        }
        context.Engine.SchemaChanged();
    }

    public static Sequence Find(Database database, SchemaObjectName name) =>
        database.Sequences.GetValueOrDefault((name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value)) ?? throw Errors.InvalidObject(ObjectResolver.Text(name));

    private Sequence Make(CreateSequenceStatement node)
    {
        var options = node.SequenceOptions;
        var type = options.OfType<DataTypeSequenceOption>().FirstOrDefault() is { } declared ? DataTypes.Resolve(declared.DataType) : SqlTypes.BigInt;
        long? Option(SequenceOptionKind kind) => options.FirstOrDefault(o => o.OptionKind == kind && !o.NoValue) is { } option ? Number(option) : null;
        var increment = Option(SequenceOptionKind.Increment) ?? 1;
        var (lowest, highest) = type.Kind switch
        {
            SqlKind.TinyInt => (0L, 255L),
            SqlKind.SmallInt => (short.MinValue, short.MaxValue),
            SqlKind.Int => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        var (minimum, maximum) = (Option(SequenceOptionKind.MinValue) ?? lowest, Option(SequenceOptionKind.MaxValue) ?? highest);
        var start = Option(SequenceOptionKind.Start) ?? (increment > 0 ? minimum : maximum);
        return new Sequence(node.Name.SchemaIdentifier?.Value ?? "dbo", node.Name.BaseIdentifier.Value, context.Session.CurrentDatabase.NextObjectId(), type, context.LocalNow)
        {
            Start = start, Increment = increment, Minimum = minimum, Maximum = maximum, Current = start,
            Cycles = options.Any(o => o.OptionKind == SequenceOptionKind.Cycle && !o.NoValue),
        };
    }

    private long? Number(SequenceOption option) => option is ScalarExpressionSequenceOption { OptionValue: { } value }
        ? (long?)new ExpressionCompiler(new CompileContext(context.Session, new VariableTable()), new Scope(null)).Compile(value).ConvertTo(SqlTypes.BigInt).Eval(new Frame(context, 0, 0, null))
        : null;
}
