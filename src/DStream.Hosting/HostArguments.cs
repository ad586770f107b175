namespace DStream.Hosting;

/// <summary>What the command line of a host says.</summary>
/// <param name="ConfigPath">The configuration file.</param>
/// <param name="LogLevel">Least level that is written.</param>
/// <param name="LogFormat">How a line looks.</param>
public sealed record HostArguments(string ConfigPath, LogLevel LogLevel, LogFormat LogFormat);
