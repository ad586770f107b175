using DStream.Configuration;

namespace DStream.Hosting;

/// <summary>What a host exits with; the numbers of sysexits.h.</summary>
public static class ExitCodes
{
    /// <summary>Stopped on request, with nothing left undone.</summary>
    public const int Success = 0;

    /// <summary>EX_USAGE: the command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>EX_UNAVAILABLE: a server refused for good what the host needs to begin: credentials, a missing database or queue.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a defect of DStream.</summary>
    public const int Software = 70;

    /// <summary>EX_CONFIG: the configuration has errors.</summary>
    public const int Configuration = ConfigException.ExitCode;
}
