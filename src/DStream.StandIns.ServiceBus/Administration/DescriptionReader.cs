using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>
/// Reads a description's elements. The service reads them in one order and passes over what stands elsewhere without a word;
/// here that is an error, since nobody means it.
/// </summary>
internal sealed class DescriptionReader
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XElement> _elements = new(StringComparer.Ordinal);

    public DescriptionReader(XElement description, string[] order)
    {
        var last = -1;
        foreach (var element in description.Elements())
        {
            var name = element.Name.LocalName;
            var at = Array.IndexOf(order, name);
            if (at < 0) throw Bad($"'{name}' is not known to the stand-in in a {description.Name.LocalName}.");
            if (at < last) throw Bad($"'{name}' must stand before '{order[last]}': the service passes over elements out of order.");

            last = at;
            if (element.Name.Namespace != AtomXml.Service) throw Bad($"'{name}' is not in the namespace {AtomXml.Service}.");
            if (element.HasElements) _elements[name] = element;
            else _values[name] = element.Value;
        }
    }

    /// <summary>Refuses what the stand-in would not do.</summary>
    public void RefuseUnlessEmpty(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (_values.TryGetValue(name, out var value) && value.Length > 0 && value != "false") throw Unsupported(name);
    }

    public TimeSpan Duration(string name, TimeSpan otherwise)
    {
        if (!_values.TryGetValue(name, out var text) || text.Length == 0) return otherwise;

        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (OverflowException)
        {
            return TimeSpan.MaxValue;
        }
        catch (FormatException)
        {
            throw Bad($"'{text}' is no duration for {name}: ISO 8601 is expected, as in PT1M.");
        }
    }

    public bool Flag(string name, bool otherwise) => !_values.TryGetValue(name, out var text) || text.Length == 0
        ? otherwise
        : bool.TryParse(text, out var flag) ? flag : throw Bad($"'{text}' is not true or false for {name}.");

    public long Number(string name, long otherwise) => !_values.TryGetValue(name, out var text) || text.Length == 0
        ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Bad($"'{text}' is no number for {name}.");

    /// <summary>An element that holds others, or null.</summary>
    public XElement? Element(string name) => _elements.GetValueOrDefault(name);

    public string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public EntityStatus Status() => Text("Status") is not { } text
        ? EntityStatus.Active
        : Enum.TryParse<EntityStatus>(text, ignoreCase: true, out var status) ? status : throw Bad($"'{text}' is no status that can be set.");

    private static BrokerException Bad(string what) => new(BrokerError.BadRequest, what);

    private static BrokerException Unsupported(string name) =>
        new(BrokerError.NotImplemented, $"The stand-in does not support {name}.");
}
