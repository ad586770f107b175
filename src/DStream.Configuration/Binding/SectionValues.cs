using System.Globalization;
using System.Text;
using DStream.Configuration.Hcl;
using DStream.Configuration.Schema;
using Superpower.Model;

namespace DStream.Configuration.Binding;

/// <summary>Reads the keys of a section as their types, evaluates interpolations, and reports what does not fit.</summary>
internal static class SectionValues
{
    /// <summary>A string; an empty one is an error, since no key has a use for it.</summary>
    internal static Field<string> Text(this Section section, string key, bool? isEvaluated = null)
    {
        var schema = section.Schema.Key(key);
        if (section.Attribute(key) is not { } attribute)
            return Absent(section, (string?)schema.Default);
        return section.TextOf(attribute.Value, key, isEvaluated ?? section.IsEvaluated);
    }

    /// <summary>One of the words that the schema allows, as a value of an enumeration whose members are in the same order.</summary>
    internal static Field<T?> Choice<T>(this Section section, string key)
        where T : struct, Enum
    {
        var schema = section.Schema.Key(key);
        var text = section.Text(key);
        if (!text.TryGet(out var word))
            return Convert(text, (T?)null);
        var index = schema.Choices.ToList().IndexOf(word);
        if (index >= 0)
            return Convert(text, (T?)Enum.GetValues<T>()[index]);
        section.Errors.Add(text.Position, $"{key} is {text.Shown}", Nearest.Suggest(word, schema.Choices));
        return Convert(text, (T?)null);
    }

    internal static Field<TimeSpan?> Duration(this Section section, string key)
    {
        var schema = section.Schema.Key(key);
        if (section.Attribute(key) is not { } attribute)
            return Absent(section, (TimeSpan?)schema.Default);
        if (attribute.Value is HclNumber number)
        {
            section.Errors.Add(
                number.Position,
                $"{key} is the number {Shown.Excerpt(number.Span.ToStringValue())}, without a unit",
                GoDuration.Remedy);
            return new Field<TimeSpan?>(null, number.Position, "", true);
        }
        var text = section.TextOf(attribute.Value, key, section.IsEvaluated);
        if (!text.TryGet(out var word))
            return Convert(text, (TimeSpan?)null);
        if (GoDuration.TryParse(word.Trim(), out var duration))
            return section.InRange(text, schema, duration, duration >= (TimeSpan)schema.Min! && duration <= (TimeSpan)schema.Max!);
        section.Errors.Add(text.Position, $"{key} is {text.Shown}, which is no duration", GoDuration.Remedy);
        return Convert(text, (TimeSpan?)null);
    }

    internal static Field<long?> Integer(this Section section, string key)
    {
        var schema = section.Schema.Key(key);
        if (section.Attribute(key) is not { } attribute)
            return Absent(section, (long?)schema.Default);
        var text = attribute.Value is HclNumber literal
            ? new Field<string>(literal.Span.ToStringValue(), literal.Position, Shown.Excerpt(literal.Span.ToStringValue()), true)
            : section.TextOf(attribute.Value, key, section.IsEvaluated, "an integer");
        if (!text.TryGet(out var word))
            return Convert(text, (long?)null);
        if (decimal.TryParse(word.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.IsInteger(number))
        {
            var isInRange = number >= (long)schema.Min! && number <= (long)schema.Max!;
            return section.InRange(text, schema, isInRange ? decimal.ToInt64(number) : 0L, isInRange);
        }
        section.Errors.Add(text.Position, $"{key} is {text.Shown}, which is no integer", $"write a whole number, {schema.AllowedText}");
        return Convert(text, (long?)null);
    }

    internal static Field<bool?> Boolean(this Section section, string key)
    {
        var schema = section.Schema.Key(key);
        if (section.Attribute(key) is not { } attribute)
            return Absent(section, (bool?)schema.Default);
        if (attribute.Value is HclBool literal)
            return new Field<bool?>(literal.Value, literal.Position, literal.Span.ToStringValue(), true);
        var text = section.TextOf(attribute.Value, key, section.IsEvaluated, "true or false");
        if (!text.TryGet(out var word))
            return Convert(text, (bool?)null);
        if (word.Trim() is "true" or "false")
            return Convert(text, (bool?)(word.Trim() == "true"));
        section.Errors.Add(text.Position, $"{key} is {text.Shown}", "write true or false");
        return Convert(text, (bool?)null);
    }

    /// <summary>The strings of a list; those with errors are left out.</summary>
    internal static Field<IReadOnlyList<Field<string>>> TextList(this Section section, string key, bool isEvaluated)
    {
        if (section.Attribute(key) is not { } attribute)
            return Absent<IReadOnlyList<Field<string>>>(section, null);
        if (attribute.Value is not HclList list)
        {
            section.ReportType(attribute.Value, key, "a list of strings", $"write {key} = [\"...\"]");
            return new Field<IReadOnlyList<Field<string>>>(null, attribute.Value.Position, "", true);
        }
        var items = list.Items.Select(item => section.TextOf(item, key, isEvaluated)).ToList();
        return new Field<IReadOnlyList<Field<string>>>(items, list.Position, "", true);
    }

    private static Field<string> TextOf(this Section section, HclValue value, string key, bool isEvaluated, string wanted = "a string")
    {
        if (value is not HclString text)
        {
            section.ReportType(value, key, wanted, wanted == "a string" ? "write it in double quotes" : $"write {key} = {wanted}");
            return new Field<string>(null, value.Position, "", true);
        }
        var shown = Shown.IsSecretKey(key) ? Shown.Hidden : Shown.Value(text.Span.ToStringValue());
        var variable = text.Parts?.FirstOrDefault(p => p.Variable is not null).Variable;
        var evaluated = text.Parts is { } parts && (isEvaluated || parts.All(p => p.Variable is null)) ? section.Evaluate(parts, key) : null;
        if (evaluated is { Length: 0 })
        {
            section.Errors.Add(
                value.Position,
                $"{key} is empty",
                variable is null ? "write a value, or leave the key out where it has a default" : $"environment variable {variable} is empty; set it");
            evaluated = null;
        }
        return new Field<string>(evaluated, value.Position, shown, true, variable is not null);
    }

    private static string? Evaluate(this Section section, IReadOnlyList<TemplatePart> parts, string key)
    {
        var text = new StringBuilder();
        var isComplete = true;
        foreach (var part in parts)
        {
            var piece = part.Variable is null ? part.Literal : section.Context.Environment(part.Variable);
            isComplete &= piece is not null;
            text.Append(piece);
            if (piece is null)
                section.Errors.Add(
                    part.Position,
                    $"environment variable {Shown.Excerpt(part.Variable!)} is not set",
                    $"set it, since {section.Path}.{key} reads it{EnvironmentNote(section, key)}");
        }
        return isComplete ? text.ToString() : null;
    }

    // The one secret of the ingester that a router may ask for, and can do without.
    private static string EnvironmentNote(Section section, string key) =>
        key == "db_connection_string" && !section.Context.Has(ConfigRoles.Ingester)
            ? " to name the topics; a router needs no database when the ingester block has server_name and database_name, or the router block has destinations"
            : "";

    private static void ReportType(this Section section, HclValue value, string key, string wanted, string remedy)
    {
        if (value is not HclBroken)
            section.Errors.Add(value.Position, $"{key} is {value.Kind}, not {wanted}", remedy);
    }

    private static Field<T?> InRange<T>(this Section section, Field<string> text, KeySchema schema, T value, bool isInRange)
        where T : struct
    {
        if (isInRange)
            return Convert(text, (T?)value);
        section.Errors.Add(text.Position, $"{schema.Name} is {text.Shown}, which is out of range", $"allowed is {schema.AllowedText}");
        return Convert(text, (T?)null);
    }

    private static Field<T> Absent<T>(Section section, T? fallback) => new(fallback, section.Position, "", false);

    private static Field<TTo> Convert<TFrom, TTo>(Field<TFrom> field, TTo? value) => new(value, field.Position, field.Shown, field.IsWritten);
}
