using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Nabla.Web;

/// <summary>The files of a page, at /.</summary>
internal static class PageFiles
{
    private const string Model = ".safetensors", AnyBytes = "application/octet-stream";

    public static void Serve(WebApplication application, string folder)
    {
        PhysicalFileProvider files = new(Path.GetFullPath(folder));
        FileExtensionContentTypeProvider types = new();
        types.Mappings[Model] = AnyBytes;
        // Files alone: answers of /api are short, or of a client's own numbers.
        application.UseWhen(context => !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase), page =>
        {
            page.UseResponseCompression();
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
