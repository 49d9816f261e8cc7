using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Nabla.Web;

/// <summary>The files of a page, at /.</summary>
internal static class PageFiles
{
    private const string Model = ".safetensors", AnyBytes = "application/octet-stream";

    // By itself the page asks the library in the browser; here models and trainings are the server's.
    private const string Engine = "/engine-choice.js", ServerEngine = "export { ServerEngine as Engine } from './server-engine.js';\n";

    public static void Serve(WebApplication application, string folder)
    {
        PhysicalFileProvider files = new(Path.GetFullPath(folder));
        FileExtensionContentTypeProvider types = new();
        types.Mappings[Model] = AnyBytes;
        // Files alone: answers of /api are short, or of a client's own numbers.
        application.UseWhen(context => !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase), page =>
        {
            page.UseResponseCompression();
            page.Map(Engine, choice => choice.Run(context =>
            {
                context.Response.ContentType = "text/javascript";
                context.Response.Headers.CacheControl = "no-cache";
                return context.Response.WriteAsync(ServerEngine);
            }));
            page.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
            page.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = files,
                ContentTypeProvider = types,
                // Another version of the page has the same names.
                OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "no-cache",
            });
        });
    }

    public static void Compress(ResponseCompressionOptions options) => options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/wasm", "image/svg+xml"];
}
