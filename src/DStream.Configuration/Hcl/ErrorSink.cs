using Superpower.Model;

namespace DStream.Configuration.Hcl;

/// <summary>Gathers the errors of one file.</summary>
internal sealed class ErrorSink(string file)
{
    /// <summary>A file with more errors than this is not a configuration file; the rest would only hide the first.</summary>
    internal const int MaxErrors = 100;

    private readonly List<ConfigError> _errors = [];

    /// <summary>Set when blocks are not closed where their author meant, so that keys may stand in the wrong block.</summary>
    internal bool IsStructureBroken { get; set; }

    internal bool Any => _errors.Count > 0;

    /// <summary>Set when further errors are dropped, so that nobody works for them.</summary>
    internal bool IsFull => _errors.Count > MaxErrors;

    internal void Add(Position position, string message, string remedy) =>
        Add(new ConfigError(file, position.Line, position.Column, message, remedy));

    /// <summary>For what concerns the file and no place in it.</summary>
    internal void AddForFile(string message, string remedy) => Add(new ConfigError(file, 0, 0, message, remedy));

    /// <summary>In the order of the file.</summary>
    internal IReadOnlyList<ConfigError> Sorted() => [.. _errors.OrderBy(e => e.Line).ThenBy(e => e.Column).Distinct()];

    private void Add(ConfigError error)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add(error);
        else if (_errors.Count == MaxErrors)
            _errors.Add(new ConfigError(file, int.MaxValue, 0, $"more than {MaxErrors} errors", "mend the first ones and run it again"));
    }
}
