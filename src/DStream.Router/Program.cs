using DStream.Configuration;
using DStream.Hosting;
using DStream.Router;

return await HostProgram.RunAsync(
    "DStream Router: forwards the messages of the ingest queue to the topics of their tables.",
    args, ConfigRoles.Router, static (services, config) => services.AddRouter(config.Router!));
