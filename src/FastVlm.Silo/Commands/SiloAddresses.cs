using System.Net;
using FastVlm.Pipeline;

namespace FastVlm.Silo.Commands;

/// <summary>Where a node listens, as its options say.</summary>
/// <param name="Written">As ASP.NET Core reads it.</param>
/// <param name="Address">The same as an address.</param>
internal sealed record SiloUrl(string Written, Uri Address);

/// <summary>Reads addresses of options.</summary>
internal static class SiloAddresses
{
    /// <exception cref="FailureException">Usage: there is none, or one is no address.</exception>
    public static IReadOnlyList<SiloUrl> Read(string text)
    {
        var urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => new SiloUrl(url, Parse(EveryAddress(url), "--urls"))).ToList();
        return urls.Count > 0
            ? urls
            : throw new FailureException(FailureKind.Usage, "--urls is empty; give for example http://0.0.0.0:8080.");
    }

    /// <exception cref="FailureException">Usage: it is no address.</exception>
    public static Uri Parse(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new FailureException(FailureKind.Usage, $"{option} '{text}' is no address; write for example http://localhost:8080.");

    /// <exception cref="FailureException">Usage: other machines could come in.</exception>
    public static void RequireOwnMachine(IEnumerable<SiloUrl> urls)
    {
        if (urls.FirstOrDefault(url => !IsOwnMachine(url.Address.Host)) is { } open)
        {
            throw new FailureException(
                FailureKind.Usage,
                $"--urls {open.Written} lets other machines in; give --access-token-file, or --insecure-no-token to let everybody in.");
        }
    }

    // What the web server reads as "every address".
    private static string EveryAddress(string url) =>
        url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);

    private static bool IsOwnMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
