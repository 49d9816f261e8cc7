using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Nabla.Tests.Recipes;

/// <summary>Summaries of the library's types and members, from the documentation file that the compiler writes beside it.</summary>
internal static partial class Documentation
{
    private static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.ChangeExtension(typeof(Recipe).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    public static string? OfType(Type type) => Summary($"T:{type.FullName}");

    public static string? OfMember(JsonPropertyInfo property) =>
        property.AttributeProvider is MemberInfo { DeclaringType: Type type } member ? Summary($"P:{type.FullName}.{member.Name}") : null;

    private static string? Summary(string name)
    {
        if (!Members.TryGetValue(name, out XElement? member) || member.Element("summary") is not XElement summary)
        {
            return null;
        }
        IEnumerable<string> words = summary.Nodes().Select(node => node switch
        {
            // <see cref="P:Nabla.Trainer.Fit"/> is called Fit.
            XElement element when element.Attribute("cref") is XAttribute link => link.Value.Split('(')[0].Split('.')[^1],
            XElement element => element.Value,
            _ => node.ToString(),
        });
        return Spaces().Replace(string.Concat(words), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
