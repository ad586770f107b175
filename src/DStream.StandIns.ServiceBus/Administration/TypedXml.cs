using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Administration.AtomXml;

namespace DStream.StandIns.ServiceBus.Administration;

/// <summary>Names with values of several types, as parameters of filters are written: each value tells its XML Schema type.</summary>
internal static class TypedXml
{
    private static readonly XNamespace Schema = "http://www.w3.org/2001/XMLSchema";

    public static Dictionary<string, object> Read(XElement? pairs)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var pair in pairs?.Elements() ?? [])
        {
            var value = pair.Element(Service + "Value");
            if (pair.Element(Service + "Key")?.Value is not { Length: > 0 } key || value is null)
                throw new BrokerException(BrokerError.BadRequest, "A parameter needs a Key and a Value.");

            values[key] = ReadValue(key, value);
        }

        return values;
    }

    public static XElement Write(string name, IReadOnlyDictionary<string, object> values) => new(
        Service + name,
        values.Select(static pair => new XElement(
            Service + "KeyValueOfstringanyType", new XElement(Service + "Key", pair.Key), WriteValue(pair.Value))));

    private static object ReadValue(string key, XElement value)
    {
        var type = TypeOf(value) is { } name ? name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..] : "string";
        try
        {
            return type switch
            {
                "string" => value.Value,
                "int" => XmlConvert.ToInt32(value.Value),
                "long" => XmlConvert.ToInt64(value.Value),
                "double" => XmlConvert.ToDouble(value.Value),
                "boolean" => XmlConvert.ToBoolean(value.Value),
                "dateTime" => DateTime.Parse(value.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
                "guid" => XmlConvert.ToGuid(value.Value),
                _ => throw new BrokerException(BrokerError.BadRequest, $"The type '{type}' of the parameter '{key}' is not known to the stand-in."),
            };
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            throw new BrokerException(BrokerError.BadRequest, $"'{value.Value}' is no {type} for the parameter '{key}'.");
        }
    }

    private static XElement WriteValue(object value)
    {
        var (type, text) = value switch
        {
            int number => ("int", XmlConvert.ToString(number)),
            long number => ("long", XmlConvert.ToString(number)),
            double number => ("double", XmlConvert.ToString(number)),
            bool flag => ("boolean", XmlConvert.ToString(flag)),
            DateTime time => ("dateTime", Time(time)),
            Guid id => ("guid", XmlConvert.ToString(id)),
            _ => ("string", Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };

        // The prefix is the service's, and clients count its letters.
        return new XElement(Service + "Value",
            new XAttribute(XNamespace.Xmlns + "d6p1", Schema), new XAttribute(Instance + "type", "d6p1:" + type), text);
    }
}
