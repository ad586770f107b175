using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Transactions and SET options.</summary>
internal sealed partial class StatementRunner
{
    private bool RunTransaction(TSqlStatement statement)
    {
        var session = context.Session;
        switch (statement)
        {
            case BeginTransactionStatement begin:
                session.Begin(SqlIsolation.Unspecified, NameOf(begin));
                return true;
            case CommitTransactionStatement commit:
                session.Commit(NameOf(commit));
                return true;
            case RollbackTransactionStatement rollback:
                session.Rollback(NameOf(rollback));
                return true;
            case SaveTransactionStatement save:
                session.Save(NameOf(save) ?? throw Errors.Syntax("SAVE"));
                return true;
            default:
                return false;
        }
    }

    private int DeadlockPriority(ScalarExpression node)
    {
        var word = node as IdentifierLiteral;
        var value = word is null ? Scalar(node).ConvertTo(SqlTypes.NVarChar(20)).Eval(Frame()) as string : word.Value;
        return value?.ToUpperInvariant() switch
        {
            "LOW" => -5,
            "NORMAL" => 0,
            "HIGH" => 5,
            var number when int.TryParse(number, out var level) && level is >= -10 and <= 10 => level,
            _ => throw Errors.Of(7998, 16, "SET DEADLOCK_PRIORITY takes LOW, NORMAL, HIGH or a number from -10 to 10."),
        };
    }

    private string? NameOf(TransactionStatement statement) => statement.Name switch
    {
        null => null,
        { Identifier: { } identifier } => identifier.Value,
        { ValueExpression: VariableReference variable } => (string?)Scalar(variable).Eval(Frame()),
        var name => name.Value,
    };

    private bool RunOption(TSqlStatement statement)
    {
        var settings = context.Session.Settings;
        switch (statement)
        {
            case PredicateSetStatement set:
                settings.NoCount = set.Options.HasFlag(SetOptions.NoCount) ? set.IsOn : settings.NoCount;
                settings.AbortOnError = set.Options.HasFlag(SetOptions.XactAbort) ? set.IsOn : settings.AbortOnError;
                settings.ImplicitTransactions = set.Options.HasFlag(SetOptions.ImplicitTransactions) ? set.IsOn : settings.ImplicitTransactions;
                settings.FormatOnly = set.Options.HasFlag(SetOptions.FmtOnly) ? set.IsOn : settings.FormatOnly;
                if ((set.Options & (SetOptions.NoExec | SetOptions.ParseOnly)) != 0 && set.IsOn)
                {
                    throw Errors.Unsupported($"SET {set.Options} ON");
                }
                return true;
            case SetTransactionIsolationLevelStatement isolation:
                settings.Isolation = isolation.Level switch
                {
                    IsolationLevel.ReadUncommitted => SqlIsolation.ReadUncommitted,
                    IsolationLevel.RepeatableRead => SqlIsolation.RepeatableRead,
                    IsolationLevel.Serializable => SqlIsolation.Serializable,
                    IsolationLevel.Snapshot => SqlIsolation.Snapshot,
                    _ => SqlIsolation.ReadCommitted,
                };
                return true;
            case SetCommandStatement commands:
                foreach (var command in commands.Commands.OfType<GeneralSetCommand>()) SetValue(settings, command);
                return true;
            case SetTextSizeStatement textSize:
                settings.TextSize = IntegerOf(textSize.TextSize) is var bytes and > 0 ? bytes : 4096;
                return true;
            case SetIdentityInsertStatement identity:
                var (_, table) = ObjectResolver.Stored(new CompileContext(context.Session, batch.Variables), identity.Table);
                settings.IdentityInsert = identity.IsOn ? table : settings.IdentityInsert == table ? null : settings.IdentityInsert;
                return true;
            case SetRowCountStatement rows:
                settings.RowCountLimit = (long)Scalar(rows.NumberRows).ConvertTo(SqlTypes.BigInt).Eval(Frame())!;
                return true;
            case SetStatisticsStatement or SetErrorLevelStatement:
                return true;
            case ExecuteAsStatement impersonate:
                ExecuteAs.Run(context.Session, impersonate.ExecuteContext, node => (string?)Scalar(node).ConvertTo(SqlTypes.SysName).Eval(Frame()));
                return true;
            case RevertStatement:
                context.Session.Impersonations.TryPop(out _);
                return true;
            case UseStatement use:
                lock (context.Engine.Gate)
                {
                    var next = context.Engine.Databases.GetValueOrDefault(use.DatabaseName.Value) ?? throw Errors.NoDatabase(use.DatabaseName.Value);
                    Access.Enter(context.Session, next);
                    context.Session.CurrentDatabase = next;
                }
                context.Sink.Message(new SqlError(5701, 2, 0, $"Changed database context to '{context.Session.Database}'."));
                return true;
            default:
                return false;
        }
    }

    private void SetValue(SessionSettings settings, GeneralSetCommand command)
    {
        switch (command.CommandType)
        {
            case GeneralSetCommandType.LockTimeout:
                settings.LockTimeout = IntegerOf(command.Parameter);
                break;
            case GeneralSetCommandType.DeadlockPriority:
                context.Session.LockOwner.DeadlockPriority = DeadlockPriority(command.Parameter);
                break;
            case GeneralSetCommandType.DateFirst:
                var day = IntegerOf(command.Parameter);
                settings.DateFirst = day is >= 1 and <= 7 ? day : throw Errors.Of(2742, 16, $"SET DATEFIRST {day} is out of range.");
                break;
        }
    }

    private int IntegerOf(ScalarExpression value) => (int)Scalar(value).ConvertTo(SqlTypes.Int).Eval(Frame())!;
}
