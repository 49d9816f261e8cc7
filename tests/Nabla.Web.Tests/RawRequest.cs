using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Nabla.Web.Tests;

/// <summary>A request as no client of .NET would send it.</summary>
internal static class RawRequest
{
    /// <summary>The status of an answer to a path that nobody has put in order.</summary>
    public static Task<int> Get(Uri server, string path) => Send(server, $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n");

    /// <summary>The status of an answer to some text.</summary>
    public static async Task<int> Send(Uri server, string text)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server.Host, server.Port);
        using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        using StreamReader reader = new(stream, Encoding.UTF8);
        string line = await reader.ReadLineAsync() ?? "";
        return int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
