using DStream.Configuration;
using DStream.Hosting;
using DStream.Ingester;

return await HostProgram.RunAsync(
    "DStream Ingester: captures the changes of SQL Server tables and publishes them to the ingest queue.",
    args, ConfigRoles.Ingester, static (services, config) => services.AddIngester(config.Ingester!));
