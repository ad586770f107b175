using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>The server's options: sp_configure sets them, RECONFIGURE makes them hold. Guarded by the engine's gate.</summary>
internal sealed class ServerConfiguration(SqlServerEngineOptions options)
{
    public const string MaxTextReplSize = "max text repl size (B)";

    private readonly List<Option> _options =
    [
        new(101, "recovery interval (min)", 0, 32767, 0),
        new(518, "show advanced options", 0, 1, 0),
        new(1536, MaxTextReplSize, -1, int.MaxValue, options.MaxTextReplBytes),
        new(1538, "cost threshold for parallelism", 0, 32767, 5),
        new(1539, "max degree of parallelism", 0, 32767, 0),
        new(1544, "max server memory (MB)", 128, int.MaxValue, int.MaxValue),
        new(16384, "Agent XPs", 0, 1, 1),
    ];

    /// <summary>The largest LOB value, in bytes, that a captured table takes; -1 is no limit.</summary>
    public int MaxTextReplBytes { get; private set; } = options.MaxTextReplBytes;

    /// <summary>The rows of sys.configurations.</summary>
    public IEnumerable<object?[]> Rows => _options.Select(o => new object?[]
    {
        o.Id, o.Name, new SqlVariantValue(SqlTypes.Int, o.Value), new SqlVariantValue(SqlTypes.Int, o.InUse),
    });

    /// <summary>sp_configure.</summary>
    public int Configure(ProcedureCall call)
    {
        var name = call.Text("configname", 0);
        var found = _options.FindAll(o => name is null || o.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (name is not null && found.Count != 1)
        {
            throw Errors.Of(15123, 16, $"The configuration option '{name}' does not exist, or it may be an advanced option.", 1, "sp_configure");
        }
        if (call.Get("configvalue", 1, SqlTypes.Int) is not int value)
        {
            call.Result(
                [new("name", SqlTypes.NVarChar(35)), new("minimum", SqlTypes.Int), new("maximum", SqlTypes.Int), new("config_value", SqlTypes.Int), new("run_value", SqlTypes.Int)],
                found.Select(o => new object?[] { o.Name, o.Minimum, o.Maximum, o.Value, o.InUse }));
            return 0;
        }
        if (!call.Context.Session.IsAdministrator)
        {
            throw Errors.Of(15247, 16, "User does not have permission to perform this action.", 1, "sp_configure");
        }
        var option = found[0];
        if (value < option.Minimum || value > option.Maximum)
        {
            throw Errors.Of(15129, 16, $"'{value}' is not a valid value for configuration option '{option.Name}'.", 1, "sp_configure");
        }
        call.Context.Sink.Message(new Sessions.SqlError(15457, 1, 0,
            $"Configuration option '{option.Name}' changed from {option.Value} to {value}. Run the RECONFIGURE statement to install.", "sp_configure"));
        option.Value = value;
        return 0;
    }

    /// <summary>RECONFIGURE.</summary>
    public void Install()
    {
        foreach (var option in _options)
        {
            option.InUse = option.Value;
            MaxTextReplBytes = option.Name == MaxTextReplSize ? option.Value : MaxTextReplBytes;
        }
    }

    private sealed class Option(int id, string name, int minimum, int maximum, int value)
    {
        public int Id { get; } = id;

        public string Name { get; } = name;

        public int Minimum { get; } = minimum;

        public int Maximum { get; } = maximum;

        public int Value { get; set; } = value;

        public int InUse { get; set; } = value;
    }
}
