using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>A piece of a string: either text, or the name of an environment variable.</summary>
internal readonly record struct TemplatePart(string? Literal, string? Variable, Position Position);
