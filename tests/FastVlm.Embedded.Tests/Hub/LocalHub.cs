using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Tests.Hub;

/// <summary>
/// A hub on loopback that behaves as the public one: JSON about revisions and trees, redirects to a storage server on
/// another port with signed links, ranges, entity tags; and faults where a test asks for them.
/// </summary>
internal sealed class LocalHub : IAsyncDisposable
{
    public const string Repository = "plant/model";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private const string ResolvePrefix = $"/{Repository}/resolve/{Commit}/";

    // As on the hub: git stores small files itself, large ones are LFS objects with a SHA-256.
    private const int SmallFileBytesMax = 4096;

    private readonly WebApplication _hub;
    private readonly WebApplication _storage;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _faults = new();

    private LocalHub(WebApplication hub, WebApplication storage)
    {
        _hub = hub;
        _storage = storage;
    }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>What the storage serves in place of a file, whatever the hub declares of it.</summary>
    public ConcurrentDictionary<string, byte[]> Replacements { get; } = new();

    /// <summary>What the hub declares in place of a file's size.</summary>
    public ConcurrentDictionary<string, long> DeclaredSizes { get; } = new();

    /// <summary>When set, the hub answers only who sends this token.</summary>
    public string? Token { get; set; }

    /// <summary>Files on a page of the list.</summary>
    public int PageSize { get; set; } = 1000;

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public Uri Address => new(_hub.Urls.First());

    public static async Task<LocalHub> StartAsync()
    {
        LocalHub? self = null;
        var hub = await ListenAsync(context => self!.AnswerAsHubAsync(context));
        var storage = await ListenAsync(context => self!.AnswerAsStorageAsync(context));
        return self = new LocalHub(hub, storage);
    }

    /// <summary>Pseudo-random bytes: every file differs, every run is equal.</summary>
    public byte[] Add(string path, int sizeBytes)
    {
        var content = new byte[sizeBytes];
        new Random(path.Length * 7919 + sizeBytes).NextBytes(content);
        return Files[path] = content;
    }

    /// <summary>The next requests for the file on the storage server meet these faults, one each.</summary>
    public void Fail(string path, params Fault[] faults)
    {
        var queue = _faults.GetOrAdd(path, _ => new ConcurrentQueue<Fault>());
        foreach (var fault in faults)
        {
            queue.Enqueue(fault);
        }
    }

    public IEnumerable<SeenRequest> StorageRequestsFor(string path) => Requests.Where(seen => seen.OnStorage && seen.Path == path);

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private static async Task<WebApplication> ListenAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    private async Task AnswerAsHubAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Enqueue(SeenRequest.Of(context, onStorage: false, path));
        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = 401;
        }
        else if (path == $"/api/models/{Repository}/revision/main")
        {
            await context.Response.WriteAsJsonAsync(new { id = Repository, sha = Commit });
        }
        else if (path == $"/api/models/{Repository}/tree/{Commit}")
        {
            await ListAsync(context);
        }
        else if (path.StartsWith(ResolvePrefix, StringComparison.Ordinal) && path[ResolvePrefix.Length..] is var file
            && Files.TryGetValue(file, out var content))
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{Sha256(content)}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Redirect($"{_storage.Urls.First()}/blobs/{file}?signature=secret-of-the-storage");
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var page = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        if ((page + 1) * PageSize < Files.Count)
        {
            context.Response.Headers.Link =
                $"<{Address}api/models/{Repository}/tree/{Commit}?recursive=true&cursor={page + 1}>; rel=\"next\"";
        }

        var entries = new List<object> { new { type = "directory", oid = "0", size = 0, path = "onnx" } };
        foreach (var (path, content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal).Skip(page * PageSize).Take(PageSize))
        {
            var size = DeclaredSizes.GetValueOrDefault(path, content.Length);
            entries.Add(content.Length <= SmallFileBytesMax
                ? new { type = "file", oid = GitSha1(content), size, path }
                : new { type = "file", oid = GitSha1([1]), size, path, lfs = new { oid = Sha256(content), size, pointerSize = 134 } });
        }

        await context.Response.WriteAsJsonAsync(entries);
    }

    private async Task AnswerAsStorageAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!["/blobs/".Length..];
        Requests.Enqueue(SeenRequest.Of(context, onStorage: true, path));
        var fault = _faults.TryGetValue(path, out var queue) && queue.TryDequeue(out var next) ? next : null;
        if (fault?.Before is { } before)
        {
            await before;
        }

        if (fault?.Status is { } status)
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = fault.RetryAfter;
            return;
        }

        await ServeAsync(context, Replacements.GetValueOrDefault(path) ?? Files[path], fault?.CutAfterBytes);
    }

    private static async Task ServeAsync(HttpContext context, byte[] content, int? cutAfterBytes)
    {
        var tag = $"\"{Sha256(content)[..16]}\"";
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        var unchanged = context.Request.Headers.IfRange.Count == 0 || context.Request.Headers.IfRange == tag;
        var from = range is not null && unchanged ? range.From!.Value : 0;
        context.Response.Headers.ETag = tag;
        if (from > content.Length || (range is not null && from == content.Length))
        {
            context.Response.StatusCode = 416;
            return;
        }

        if (range is not null && unchanged)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        var body = content.AsMemory((int)from);
        context.Response.ContentLength = body.Length;
        var sent = Math.Min(body.Length, cutAfterBytes ?? body.Length);
        await context.Response.Body.WriteAsync(body[..sent]);
        await context.Response.Body.FlushAsync();
        if (sent < body.Length)
        {
            context.Abort();
        }
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

#pragma warning disable CA5350 // Git's own naming of blobs.
    private static string GitSha1(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
}

/// <summary>What one request to the storage server meets.</summary>
internal sealed record Fault
{
    public int? Status { get; init; }

    public string? RetryAfter { get; init; }

    /// <summary>The connection is cut after so many bytes of the body.</summary>
    public int? CutAfterBytes { get; init; }

    /// <summary>The answer waits for this.</summary>
    public Task? Before { get; init; }
}

internal sealed record SeenRequest(bool OnStorage, string Path, string? Range, string? Authorization)
{
    public static SeenRequest Of(HttpContext context, bool onStorage, string path) =>
        new(onStorage, path, context.Request.Headers.Range.FirstOrDefault(), context.Request.Headers.Authorization.FirstOrDefault());
}
