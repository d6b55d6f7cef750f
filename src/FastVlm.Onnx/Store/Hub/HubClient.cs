using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>
/// Speaks with a hub: resolves revisions, lists files, opens them at an offset. Follows redirects itself, so that the
/// token stays with the hub. One attempt per call; whoever calls decides on retries.
/// </summary>
public sealed partial class HubClient : IDisposable
{
    private const int RedirectsMax = 5;
    private const int PagesMax = 100;
    private const int TextBytesMax = 1 << 20;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly HubEndpoint _endpoint;
    private readonly HttpClient _http;

    public HubClient(HubEndpoint endpoint, string productVersion)
    {
        _endpoint = endpoint;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Compressed transfers would break byte ranges.
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("fastvlm", productVersion));
    }

    public Uri Address => _endpoint.Address;

    public bool HasToken => _endpoint.HasToken;

    /// <summary>The commit that a branch or tag points to now.</summary>
    public async Task<string> ResolveCommitAsync(string repository, string revision, CancellationToken cancellationToken)
    {
        using var document = await ReadJsonAsync(_endpoint.CommitOf(repository, revision), cancellationToken);
        return document.Body.RootElement.TryGetProperty("sha", out var sha) && sha.GetString() is { Length: > 0 } commit
            ? commit
            : throw NotAHub($"names no commit for '{repository}' at '{revision}'");
    }

    /// <summary>All files of the repository at a commit.</summary>
    public async Task<HubListing> ListAsync(string repository, string commit, CancellationToken cancellationToken)
    {
        var files = new List<HubFile>();
        Uri? page = _endpoint.TreeOf(repository, commit);
        for (var pages = 0; page is not null; pages++)
        {
            if (pages == PagesMax)
            {
                throw NotAHub($"lists '{repository}' on more than {PagesMax} pages");
            }

            using var document = await ReadJsonAsync(page, cancellationToken);
            files.AddRange(document.Body.RootElement.EnumerateArray().Where(IsFile).Select(entry => ToFile(entry, repository, commit)));
            page = document.NextPage;
        }

        return new HubListing(repository, commit, files);
    }

    /// <summary>Reads a small text file, e.g. a licence.</summary>
    public async Task<string> ReadTextAsync(HubFile file, CancellationToken cancellationToken)
    {
        if (file.SizeBytes > TextBytesMax)
        {
            throw NotAHub($"declares '{file.Path}' with {file.SizeBytes} bytes, more than the {TextBytesMax} a text may have");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerWithin);
        using var response = await OpenAsync(file.Address, offset: 0, ifUnchanged: null, limit.Token);
        HubRefusal.ThrowIfRefused(response, file.Address, _endpoint.HasToken);
        await response.Content.LoadIntoBufferAsync(TextBytesMax, limit.Token);
        return await response.Content.ReadAsStringAsync(limit.Token);
    }

    /// <summary>
    /// Opens a file for reading from <paramref name="offset"/>. The answer may be the whole file (200), the rest of it
    /// (206) or a refusal; redirects are already followed.
    /// </summary>
    public async Task<HttpResponseMessage> OpenAsync(
        Uri address, long offset, EntityTagHeaderValue? ifUnchanged, CancellationToken cancellationToken)
    {
        var from = address;
        for (var redirects = 0; redirects <= RedirectsMax; redirects++)
        {
            using var request = NewRequest(from);
            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
                // A weak tag may not stand in If-Range; the caller compares tags besides.
                request.Headers.IfRange = ifUnchanged is { IsWeak: false } ? new RangeConditionHeaderValue(ifUnchanged) : null;
            }

            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            from = Follow(from, location);
        }

        throw new FailureException(FailureKind.DownloadFailed, $"'{Shown(address)}' redirects more than {RedirectsMax} times.");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>An address without its query: storage links carry signatures there.</summary>
    public static string Shown(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static Uri Follow(Uri from, Uri location)
    {
        var to = new Uri(from, location);
        return from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps
            ? throw new FailureException(FailureKind.DownloadFailed,
                $"'{Shown(from)}' redirects from https to '{to.Scheme}', which is refused.")
            : to;
    }

    private HttpRequestMessage NewRequest(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (_endpoint.TokenFor(address) is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    private async Task<JsonPage> ReadJsonAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerWithin);
        using var response = await OpenAsync(address, offset: 0, ifUnchanged: null, limit.Token);
        HubRefusal.ThrowIfRefused(response, address, _endpoint.HasToken);
        await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
        try
        {
            return new JsonPage(await JsonDocument.ParseAsync(body, default, limit.Token), NextPage(response, address));
        }
        catch (JsonException broken)
        {
            throw NotAHub($"answers '{Shown(address)}' with something that is not JSON", broken);
        }
    }

    private static Uri? NextPage(HttpResponseMessage response, Uri address) =>
        response.Headers.TryGetValues("Link", out var links) && NextLink().Match(string.Join(',', links)) is { Success: true } match
            ? new Uri(address, match.Groups[1].Value)
            : null;

    private static bool IsFile(JsonElement entry) => entry.TryGetProperty("type", out var type) && type.GetString() == "file";

    private HubFile ToFile(JsonElement entry, string repository, string commit)
    {
        var path = entry.GetProperty("path").GetString() ?? "";
        if (!RelativePath.IsSafe(path))
        {
            throw NotAHub($"lists '{path}' in '{repository}', which is not a path inside it");
        }

        var large = entry.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
        return new HubFile
        {
            Path = path,
            Address = _endpoint.FileAt(repository, commit, path),
            SizeBytes = (large ? lfs : entry).GetProperty("size").GetInt64(),
            Sha256 = large ? lfs.GetProperty("oid").GetString()?.ToLowerInvariant() : null,
            GitSha1 = large ? null : entry.GetProperty("oid").GetString()?.ToLowerInvariant(),
        };
    }

    private FailureException NotAHub(string what, Exception? inner = null) =>
        new(FailureKind.DownloadFailed, $"The hub '{Shown(_endpoint.Address)}' {what}; check {HubEndpoint.AddressVariable}.", inner);

    [GeneratedRegex("<([^>]+)>\\s*;[^,]*rel=\"?next\"?")]
    private static partial Regex NextLink();

    private sealed record JsonPage(JsonDocument Body, Uri? NextPage) : IDisposable
    {
        public void Dispose() => Body.Dispose();
    }
}
