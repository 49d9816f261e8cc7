using System.Reflection;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Nabla.Web;

/// <summary>What the OpenAPI document says of the server as a whole.</summary>
internal static class ApiDocument
{
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Nabla",
            Version = typeof(WebServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Description = "Small neural networks that predict, and read handwritten digits in pictures.",
        };
        // Whoever reads it has reached the server already, under an address that the document need not repeat.
        document.Servers?.Clear();
        return Task.CompletedTask;
    });
}
