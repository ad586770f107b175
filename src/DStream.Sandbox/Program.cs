using DStream.Sandbox;

return await SandboxCommand.RunAsync(
    args, static (options, cancellationToken) => new SandboxRun(options, Console.Out, Console.Error, TimeProvider.System).RunAsync(cancellationToken));
