using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Onnx.Store.Hub;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests.Hub;

public sealed class ModelFetchTests
{
    private const string Large = "onnx/decoder.onnx";
    private const int LargeBytes = 600_000;

    // Waits that a person would notice are for people; here the order of events counts.
    private static readonly DownloadRetries Hasty = new() { FirstDelay = TimeSpan.FromMilliseconds(1), FruitlessAttemptsMax = 4 };

    private static readonly Fault[] CutThenRefusedForGood =
        [new Fault { CutAfterBytes = 300_000 }, .. Enumerable.Repeat(new Fault { Status = 503 }, Hasty.FruitlessAttemptsMax)];

    private static readonly CatalogueEntry Entry = new()
    {
        Name = "plant-model",
        Title = "A model of the plant",
        Kind = CatalogueKind.OnnxGraphs,
        Repository = LocalHub.Repository,
        Licence = "MIT",
        Files = ["config.json", "onnx/*.onnx"],
        DefaultDtype = "fp32",
        Dtypes = [new CatalogueDtype { Dtype = "fp32", Really = "what it says" }],
    };

    [Fact]
    public async Task Fetches_from_the_storage_it_is_redirected_to_and_keeps_the_token_from_it()
    {
        await using var hub = await StartAsync();
        hub.Token = "hf_secret";
        using var folder = new TempDirectory();

        var fetched = await FetchAsync(hub, folder, token: "hf_secret");

        Assert.Equal(hub.Files[Large], await File.ReadAllBytesAsync(folder.File(Large), TestContext.Current.CancellationToken));
        Assert.Equal(LocalHub.Commit, fetched.Revision);
        Assert.Contains(fetched.Files, file => file.Declared == $"sha256:{LocalHub.Sha256(hub.Files[Large])}");
        Assert.Contains(
            fetched.Files, file => file.Path == "config.json" && file.Declared!.StartsWith("git-sha1:", StringComparison.Ordinal));
        Assert.All(hub.Requests.Where(seen => !seen.OnStorage), seen => Assert.Equal("Bearer hf_secret", seen.Authorization));
        Assert.All(hub.Requests.Where(seen => seen.OnStorage), seen => Assert.Null(seen.Authorization));
    }

    [Fact]
    public async Task Resumes_a_cut_connection_where_it_was_cut()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, new Fault { CutAfterBytes = 200_000 }, new Fault { CutAfterBytes = 200_000 });
        using var folder = new TempDirectory();

        await FetchAsync(hub, folder);

        Assert.Equal(hub.Files[Large], await File.ReadAllBytesAsync(folder.File(Large), TestContext.Current.CancellationToken));
        var ranges = hub.StorageRequestsFor(Large).Select(seen => seen.Range).ToArray();
        Assert.Equal(3, ranges.Length);
        Assert.Null(ranges[0]);
        Assert.All(ranges[1..], range => Assert.Matches("^bytes=[1-9][0-9]*-$", range));
    }

    [Fact]
    public async Task Cuts_that_bring_bytes_never_end_its_patience()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, [.. Enumerable.Repeat(new Fault { CutAfterBytes = 100_000 }, 5)]);
        using var folder = new TempDirectory();

        await FetchAsync(hub, folder);

        Assert.Equal(6, hub.StorageRequestsFor(Large).Count());
    }

    [Fact]
    public async Task A_later_run_resumes_what_an_earlier_one_left()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, CutThenRefusedForGood);
        using var folder = new TempDirectory();
        var interrupted = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));
        var left = new FileInfo(folder.File(Large + ".part")).Length;

        await FetchAsync(hub, folder);

        Assert.Equal(FailureKind.DownloadFailed, interrupted.Kind);
        Assert.InRange(left, 1, 300_000);
        Assert.Equal($"bytes={left}-", hub.StorageRequestsFor(Large).Last().Range);
        Assert.Single(hub.StorageRequestsFor("config.json"));
    }

    [Fact]
    public async Task Starts_over_when_the_content_behind_the_link_changed_between_attempts()
    {
        await using var hub = await StartAsync();
        var other = new byte[LargeBytes];
        hub.Replacements[Large] = other;
        hub.Fail(Large, CutThenRefusedForGood);
        using var folder = new TempDirectory();
        await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));
        hub.Replacements.Clear();

        await FetchAsync(hub, folder);

        // The range was asked for, the tag no longer held, and the whole file came.
        Assert.NotNull(hub.StorageRequestsFor(Large).Last().Range);
        Assert.Equal(hub.Files[Large], await File.ReadAllBytesAsync(folder.File(Large), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Throws_the_beginning_of_a_file_away_when_the_hub_declares_another_one()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, CutThenRefusedForGood);
        using var folder = new TempDirectory();
        await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));
        hub.Add(Large, LargeBytes + 1);

        await FetchAsync(hub, folder);

        Assert.Null(hub.StorageRequestsFor(Large).Last().Range);
        Assert.Equal(hub.Files[Large], await File.ReadAllBytesAsync(folder.File(Large), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Waits_as_long_as_the_server_asks()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, new Fault { Status = 429, RetryAfter = "1" });
        using var folder = new TempDirectory();
        var seen = new List<TransferProgress>();

        await FetchAsync(hub, folder, seen);

        Assert.Contains(seen, progress => progress.Waiting == "the hub answers 429 Too Many Requests; next attempt in 1 s");
        Assert.Equal(hub.Files.Values.Sum(file => file.Length), seen[^1].BytesDone);
        Assert.Equal(seen[^1].BytesTotal, seen[^1].BytesDone);
    }

    [Fact]
    public async Task Gives_up_when_the_server_asks_for_too_long_a_wait()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, new Fault { Status = 429, RetryAfter = "3600" });
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));

        Assert.Equal(FailureKind.DownloadFailed, failure.Kind);
        Assert.Contains("asks to wait 3600 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Large)]
    [InlineData("config.json")]
    public async Task Refuses_a_file_whose_hash_is_not_the_declared_one_and_keeps_nothing_of_it(string path)
    {
        await using var hub = await StartAsync();
        var wrong = (byte[])hub.Files[path].Clone();
        wrong[^1] ^= 1;
        hub.Replacements[path] = wrong;
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));

        Assert.Equal(FailureKind.HashMismatch, failure.Kind);
        Assert.Contains($"'{path}'", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File(path)));
        Assert.False(File.Exists(folder.File(path + ".part")));
    }

    [Theory]
    [InlineData(LargeBytes - 1)]
    [InlineData(LargeBytes + 1)]
    public async Task Refuses_a_file_that_is_shorter_or_longer_than_declared(int servedBytes)
    {
        await using var hub = await StartAsync();
        hub.Replacements[Large] = new byte[servedBytes];
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));

        Assert.Equal(FailureKind.HashMismatch, failure.Kind);
        Assert.Contains($"it serves {servedBytes} bytes, declared are {LargeBytes}", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File(Large + ".part")));
    }

    [Fact]
    public async Task Says_which_file_the_repository_lacks()
    {
        await using var hub = await StartAsync();
        hub.Files.Remove("config.json");
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder));

        Assert.Equal(FailureKind.DownloadFailed, failure.Kind);
        Assert.Contains("'config.json'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "HF_TOKEN")]
    [InlineData("hf_wrong", "refuses the token")]
    public async Task Asks_for_a_token_where_the_hub_wants_one_and_never_prints_it(string? token, string named)
    {
        await using var hub = await StartAsync();
        hub.Token = "hf_right";
        using var folder = new TempDirectory();

        var failure = await Assert.ThrowsAsync<FailureException>(() => FetchAsync(hub, folder, token: token));

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_wrong", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_all_pages_of_a_long_list()
    {
        await using var hub = await StartAsync();
        hub.PageSize = 1;
        using var folder = new TempDirectory();

        var fetched = await FetchAsync(hub, folder);

        Assert.Equal(hub.Files.Keys.Order(StringComparer.Ordinal), fetched.Files.Select(file => file.Path));
    }

    [Fact]
    public async Task Fetches_an_archive_that_declares_no_hash_and_records_what_it_is()
    {
        await using var hub = await StartAsync();
        hub.Fail(Large, new Fault { CutAfterBytes = 200_000 });
        using var folder = new TempDirectory();
        using var client = new HubClient(new HubEndpoint(hub.Address, null), "1.0");

        var fetched = await new ModelFetch(client, Hasty, TimeProvider.System).FetchArchiveAsync(
            new Uri(hub.Address, $"{LocalHub.Repository}/resolve/{LocalHub.Commit}/{Large}"),
            "model.zip",
            new FetchTarget(folder.FullPath, new Recorder([])),
            TestContext.Current.CancellationToken);

        Assert.Equal(LocalHub.Sha256(hub.Files[Large]), Assert.Single(fetched.Files).Sha256);
        Assert.NotNull(hub.StorageRequestsFor(Large).Last().Range);
    }

    private static async Task<LocalHub> StartAsync()
    {
        var hub = await LocalHub.StartAsync();
        hub.Add("config.json", 300);
        hub.Add("onnx/embed.onnx", 5_000);
        hub.Add(Large, LargeBytes);
        return hub;
    }

    private static async Task<FetchedModel> FetchAsync(
        LocalHub hub, TempDirectory folder, List<TransferProgress>? seen = null, string? token = null)
    {
        using var client = new HubClient(new HubEndpoint(hub.Address, token), "1.0");
        var fetch = new ModelFetch(client, Hasty, TimeProvider.System);
        var recorder = new Recorder(seen ?? []);
        var listing = await fetch.ListAsync(Entry, recorder, TestContext.Current.CancellationToken);
        return await fetch.FetchAsync(
            Entry, Entry.Choose(null), listing, new FetchTarget(folder.FullPath, recorder), TestContext.Current.CancellationToken);
    }

    private sealed class Recorder(List<TransferProgress> seen) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => seen.Add(value);
    }
}
