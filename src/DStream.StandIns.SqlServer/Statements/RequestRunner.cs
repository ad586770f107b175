using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Runs one request: parses it (or finds it parsed), binds the parameters, runs the batch, returns output parameters.</summary>
internal sealed class RequestRunner(SqlSession session, IResultSink sink, CancellationToken attention)
{
    public async ValueTask RunAsync(SqlRequest request)
    {
        try
        {
            if (request.Procedure is null)
            {
                await RunBatchAsync(request).ConfigureAwait(false);
            }
            else
            {
                await RunProcedureAsync(request).ConfigureAwait(false);
            }
        }
        catch (SqlErrorException error)
        {
            session.LastError = error.Error.Number;
            sink.Message(error.Error);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // A gap in the interpreter must not cost the client its connection.
            session.RollbackAll();
            sink.Message(new SqlError(50000, 1, 16, $"stand-in: the engine failed on this statement: {defect.GetType().Name}: {defect.Message}"));
        }
        finally
        {
            session.TempTables.RemoveVariables();
        }
    }

    private async ValueTask RunBatchAsync(SqlRequest request)
    {
        var batch = session.Engine.Batches.Get(request.Text, request.Parameters);
        var context = new BatchContext(session, sink, new object?[batch.Variables.Count], attention);
        for (var i = 0; i < request.Parameters.Count; i++)
        {
            context.Variables[i] = request.Parameters[i].Value;
        }
        await new StatementRunner(context, batch).RunAsync().ConfigureAwait(false);
        for (var i = 0; i < request.Parameters.Count; i++)
        {
            if (request.Parameters[i].IsOutput)
            {
                sink.OutputParameter(request.Parameters[i] with { Value = context.Variables[i] });
            }
        }
    }

    private async ValueTask RunProcedureAsync(SqlRequest request)
    {
        var context = new BatchContext(session, sink, [], attention) { Nesting = 1 };
        context.BeginStatement();
        var arguments = request.Parameters.Select(p => new ProcedureArgument(p.Name, p.Type, p.Value)).ToArray();
        if (ModuleRunner.Find(session, request.Procedure!) is not { } procedure)
        {
            sink.ReturnStatus(await Procedures.RunAsync(context, request.Procedure!, arguments).ConfigureAwait(false));
            return;
        }
        Access.Demand(session, session.CurrentDatabase, "EXECUTE", procedure.Schema, procedure.Name);
        var ended = await ModuleRunner.RunAsync(context, procedure, arguments).ConfigureAwait(false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = ModuleRunner.Position(procedure, arguments[i], i);
            if (request.Parameters[i].IsOutput && procedure.Parameters[parameter].IsOutput)
            {
                sink.OutputParameter(request.Parameters[i] with { Value = Conversion.To(ended.Variables[parameter], procedure.Parameters[parameter].Type, request.Parameters[i].Type) });
            }
        }
        sink.ReturnStatus(ended.ReturnStatus);
    }
}
