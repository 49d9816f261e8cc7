using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Nabla.Samples.Browser;

WebAssemblyHostBuilder builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
await builder.Build().RunAsync();
