namespace DStream.Configuration;

/// <summary>One thing that is wrong with a configuration file. Holds no value that came from the environment (I8).</summary>
/// <param name="File">The file as it was named to the loader.</param>
/// <param name="Line">From 1; 0 where the file as a whole is meant (it could not be read).</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Message">The thing and the offending text.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ConfigError(string File, int Line, int Column, string Message, string Remedy)
{
    public override string ToString() => $"{File}{(Line is 0 or int.MaxValue ? "" : $":{Line}:{Column}")}: {Message}; {Remedy}";
}
