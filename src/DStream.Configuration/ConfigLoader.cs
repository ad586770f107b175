using System.Text;
using DStream.Configuration.Binding;
using DStream.Configuration.Hcl;

namespace DStream.Configuration;

/// <summary>Reads a configuration file into validated records, or into every error that it has.</summary>
public static class ConfigLoader
{
    /// <summary>A file beyond this is refused; the largest sensible configuration is far below.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    private const string ByteOrderMark = "\uFEFF";

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; errors name it as it is written here.</param>
    /// <param name="known">The providers that a <c>type</c> may name.</param>
    /// <param name="environment">Gives a variable's value, or null when it is not set; the process's own environment when null.</param>
    /// <param name="roles">Whose blocks must be there, and may read the environment.</param>
    public static ConfigResult Load(
        string path, KnownProviders known, Func<string, string?>? environment = null, ConfigRoles roles = ConfigRoles.All)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var errors = new ErrorSink(path);
        var text = Read(path, errors);
        return text is null ? new ConfigResult { Errors = errors.Sorted() } : Parse(text, path, known, environment, roles);
    }

    /// <summary>Loads a text; otherwise as <see cref="Load"/>.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <param name="known">The providers that a <c>type</c> may name.</param>
    /// <param name="environment">Gives a variable's value, or null when it is not set; the process's own environment when null.</param>
    /// <param name="roles">Whose blocks must be there, and may read the environment.</param>
    public static ConfigResult Parse(
        string text, string sourceName, KnownProviders known, Func<string, string?>? environment = null, ConfigRoles roles = ConfigRoles.All)
    {
        ArgumentNullException.ThrowIfNull(text);
        var errors = new ErrorSink(sourceName);
        DStreamConfig? config = null;
        if (text.Length > MaxFileBytes)
            ReportSize(errors);
        // Where a brace is missing, keys stand in wrong blocks, and what the binder would say of them misleads.
        else if (HclParser.Parse(text.StartsWith(ByteOrderMark, StringComparison.Ordinal) ? text[1..] : text, errors) is { } body && !errors.IsStructureBroken)
            config = Bind(body, sourceName, new BindContext(errors, known, environment ?? Environment.GetEnvironmentVariable, roles));
        return new ConfigResult { Config = errors.Any ? null : config, Errors = errors.Sorted() };
    }

    private static DStreamConfig Bind(HclBody body, string sourceName, BindContext context)
    {
        var file = Section.OfFile(body, context);
        var ingesterSection = file.Block("ingester", context.Has(ConfigRoles.Ingester));
        var routerSection = file.Block("router", context.Has(ConfigRoles.Router));
        RequireBlock(ingesterSection, ConfigRoles.Ingester, "ingester", context);
        RequireBlock(routerSection, ConfigRoles.Router, "router", context);
        var router = routerSection is null ? null : new RouterBinder(routerSection);
        var ingester = ingesterSection is null
            ? null
            : new IngesterBinder(ingesterSection, router is { NeedsNames: true }, router is { NeedsQueueName: true }).Bind();
        return new DStreamConfig { Ingester = ingester?.Config, Router = router?.Bind(ingester), SourceFile = sourceName };
    }

    private static void RequireBlock(Section? block, ConfigRoles role, string name, BindContext context)
    {
        if (block is null && context.Has(role))
            context.Errors.AddForFile($"the file has no {name} block", $"add {name} {{ ... }}; docs/configuration.md has an example");
    }

    private static string? Read(string path, ErrorSink errors)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            // One byte more than allowed: a device or a pipe does not tell its length.
            var buffer = new byte[MaxFileBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxFileBytes)
            {
                ReportSize(errors);
                return null;
            }
            return Decode(buffer.AsSpan(0, length), errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            errors.AddForFile($"the file cannot be read: {e.Message}", "give its path with --config");
            return null;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> bytes, ErrorSink errors)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var line = bytes[..Math.Clamp(e.Index, 0, bytes.Length)].Count((byte)'\n') + 1;
            errors.AddForFile($"line {line} is not UTF-8", "save the file as UTF-8");
            return null;
        }
    }

    private static void ReportSize(ErrorSink errors) =>
        errors.AddForFile(
            $"the file is larger than {MaxFileBytes / 1024} KiB",
            "a configuration of DStream is a few kilobytes; is this the right file?");
}
