namespace DStream.Core;

/// <summary>How column values stand in the JSON of a message.</summary>
public enum ValueFormat
{
    /// <summary>Numbers and booleans keep their JSON types. The default.</summary>
    Typed = 0,

    /// <summary>Every value but null is a JSON string, as older consumers of this format expect.</summary>
    String,
}
