namespace DStream.Hosting;

/// <summary>How a log line looks.</summary>
public enum LogFormat
{
    /// <summary>For people: time, level, message.</summary>
    Text,

    /// <summary>For machines: one compact JSON object a line, with every property.</summary>
    Json,
}
