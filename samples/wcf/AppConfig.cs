using System.ComponentModel;
using System.Reflection;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Microsoft.ServiceModel.Samples;

// Makes a binding of what App.config says. .NET Framework does that by itself; System.ServiceModel for .NET does not.
// An attribute sets the property of its name, an element is read into the property of its name, and what has no
// property is refused.
public static class AppConfig
{
    public static Binding ReadBinding(string file, string name)
    {
        XElement[] bindings = XDocument.Load(file, LoadOptions.SetLineInfo).Descendants("bindings")
            .Elements().Elements("binding").Where(element => (string?)element.Attribute("name") == name).ToArray();
        if (bindings.Length != 1)
        {
            throw new FormatException($"{file} has {bindings.Length} bindings named '{name}'");
        }
        XElement binding = bindings[0];
        try
        {
            return binding.Parent!.Name.LocalName switch
            {
                "customBinding" => ReadCustomBinding(binding),
                "wsHttpBinding" => Read(binding, new WSHttpBinding()),
                "ws2007HttpBinding" => WithVersion11(Read(binding, new WS2007HttpBinding())),
                _ => throw Refusal(binding.Parent, "is not a kind of binding that this program knows"),
            };
        }
        catch (FormatException refusal)
        {
            throw new FormatException($"{file}:{refusal.Message}");
        }
    }

    // Its elements make the stack of channels, from the top down.
    private static CustomBinding ReadCustomBinding(XElement element)
    {
        var binding = new CustomBinding();
        foreach (XElement layer in element.Elements())
        {
            binding.Elements.Add(layer.Name.LocalName switch
            {
                "reliableSession" => Read(layer, new ReliableSessionBindingElement()),
                "textMessageEncoding" => Read(layer, new TextMessageEncodingBindingElement()),
                "httpTransport" => Read(layer, new HttpTransportBindingElement()),
                "httpsTransport" => Read(layer, new HttpsTransportBindingElement()),
                _ => throw Refusal(layer, "is not an element of a binding that this program knows"),
            });
        }
        return ReadAttributes(element, binding);
    }

    // What WS2007HttpBinding stands for; CoreWCF's class of that name would speak February 2005.
    private static CustomBinding WithVersion11(Binding binding)
    {
        var custom = new CustomBinding(binding);
        ReliableSessionBindingElement? session = custom.Elements.Find<ReliableSessionBindingElement>();
        if (session != null) session.ReliableMessagingVersion = ReliableMessagingVersion.WSReliableMessaging11;
        return custom;
    }

    private static T Read<T>(XElement element, T target) where T : notnull
    {
        foreach (XElement part in element.Elements())
        {
            Read(part, Property(part, part.Name.LocalName, target).GetValue(target)!);
        }
        return ReadAttributes(element, target);
    }

    private static T ReadAttributes<T>(XElement element, T target) where T : notnull
    {
        foreach (XAttribute attribute in element.Attributes())
        {
            PropertyInfo property = Property(attribute, attribute.Name.LocalName, target);
            try
            {
                property.SetValue(target, Value(attribute.Value, property.PropertyType));
            }
            catch (Exception error)
            {
                throw Refusal(attribute, $"cannot be '{attribute.Value}': {error.GetBaseException().Message}");
            }
        }
        return target;
    }

    private static PropertyInfo Property(XObject source, string name, object target) =>
        target.GetType().GetProperty(char.ToUpperInvariant(name[0]) + name[1..])
            ?? throw Refusal(source, $"is not known in {target.GetType().Name}");

    // A number, time span, true or false; or one of the type's own values, as in messageVersion.
    private static object? Value(string text, Type type)
    {
        if (type == typeof(Encoding)) return Encoding.GetEncoding(text);
        PropertyInfo? constant = type.GetProperty(text, BindingFlags.Public | BindingFlags.Static);
        if (constant != null) return constant.GetValue(null);
        return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
    }

    private static FormatException Refusal(XObject source, string sentence)
    {
        string name = source is XAttribute attribute ? attribute.Name.LocalName : ((XElement)source).Name.LocalName;
        return new FormatException($"{((IXmlLineInfo)source).LineNumber}: {name} {sentence}");
    }
}
