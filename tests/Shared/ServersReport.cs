using System.Collections.Concurrent;
using System.Reflection;

namespace DStream.Tests.Shared;

/// <summary>
/// Says on which server a test program ran: on its console, and in the file that the environment names, a line each of the program, the server and
/// which it was, parted by tabs. <c>.ci/run</c> makes its summary's line of that file.
/// </summary>
public static class ServersReport
{
    /// <summary>Names the file; without it nothing is written.</summary>
    public const string Variable = "DSTREAM_TEST_SERVERS_REPORT";

    private static readonly ConcurrentDictionary<string, string> Told = new();
    private static readonly Lock Gate = new();

    /// <summary>Tells of a server when the first test uses it; again is not told again.</summary>
    /// <param name="server">What it serves: "SQL Server".</param>
    /// <param name="which">What it is: "stand-in", "container", a version. No address, and nothing of a connection string.</param>
    public static void Add(string server, string which)
    {
        if (!Told.TryAdd(server, which)) return;
        Console.WriteLine($"{server} of these tests: {which}");
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path) return;
        var program = Assembly.GetEntryAssembly()?.GetName().Name;

        // One short write in append mode: programs that write at the same time do not mix.
        lock (Gate) File.AppendAllText(path, $"{program}\t{server}\t{which}\n");
    }
}
