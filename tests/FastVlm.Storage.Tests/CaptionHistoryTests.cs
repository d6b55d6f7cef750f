using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Tests;

public sealed class CaptionHistoryTests() : CaptionHistoryPromises(Edition.Sqlite);

public sealed class PostgresCaptionHistoryTests() : CaptionHistoryPromises(Edition.Postgres);

/// <summary>What both stores promise.</summary>
public abstract class CaptionHistoryPromises(Edition edition)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_go_from_new_to_old_without_gap_or_repeat()
    {
        await using var test = await TestStore.OpenAsync(edition);
        for (var i = 0; i < 25; i++)
        {
            // Three of the same millisecond at a time, stored out of order of the cameras.
            await AppendAsync(test, Samples.Caption($"cap_{i.Number()}", camera: $"cam_{i % 2}", at: Samples.Noon.AddMilliseconds(i / 3)));
        }

        var seen = new List<string>();
        CaptionId? before = null;
        while (await test.Store.Captions.FindAsync(new CaptionQuery { Limit = 10, Before = before }, Stop) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(c => c.Id.Value));
            before = page[^1].Id;
        }

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"cap_{i.Number()}"), seen);
    }

    [Theory]
    [InlineData(null, null, null, "5 4 3 2 1 0")]
    [InlineData("cam_0", null, null, "4 2 0")]
    [InlineData("cam_unknown", null, null, "")]
    [InlineData(null, 2, 4, "3 2")]
    [InlineData("cam_1", 1, 4, "3 1")]
    public async Task Filters_by_camera_and_half_open_span(string? camera, int? from, int? to, string expected)
    {
        await using var test = await TestStore.OpenAsync(edition);
        for (var i = 0; i < 6; i++)
        {
            // 100 ns apart: the boundaries hold to the last digit.
            await AppendAsync(test, Samples.Caption($"{i}", camera: $"cam_{i % 2}", at: Samples.Noon.AddTicks(i)));
        }

        var found = await test.Store.Captions.FindAsync(
            new CaptionQuery
            {
                CameraId = camera is null ? null : new CameraId(camera),
                From = from is null ? null : Samples.Noon.AddTicks(from.Value),
                To = to is null ? null : Samples.Noon.AddTicks(to.Value),
            },
            Stop);

        Assert.Equal(expected, string.Join(' ', found.Select(c => c.Id.Value)));
    }

    [Theory]
    [InlineData("dropped", "2 1")]
    [InlineData("drop part", "2 1")]
    [InlineData("\"part dropped\"", "1")]
    [InlineData("\"dropped part\"", "2")]
    [InlineData("par*", "3 2 1")]
    [InlineData("CAFÉ", "4")]
    [InlineData("cafe", "4")]
    [InlineData("nothing here", "")]
    [InlineData("", "4 3 2 1")]
    [InlineData("  ", "4 3 2 1")]
    public async Task Finds_by_words_phrases_and_prefixes(string text, string expected)
    {
        await using var test = await TestStore.OpenAsync(edition);
        await AppendAsync(test, Samples.Caption("1", "A part dropped."));
        await AppendAsync(test, Samples.Caption("2", "The dropped parts lie there."));
        await AppendAsync(test, Samples.Caption("3", "A partition wall."));
        await AppendAsync(test, Samples.Caption("4", "A café."));

        var found = await test.Store.Captions.FindAsync(new CaptionQuery { Text = text }, Stop);

        Assert.Equal(expected, string.Join(' ', found.Select(c => c.Id.Value)));
    }

    [Fact]
    public async Task A_search_at_one_camera_finds_nothing_of_another()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await AppendAsync(test, Samples.Caption("1", "smoke 1 2 3", camera: "cam_a"));
        await AppendAsync(test, Samples.Caption("2", "smoke 1 2 3", camera: "cam_b"));

        var found = await test.Store.Captions.FindAsync(new CaptionQuery { Text = "smoke", CameraId = new CameraId("cam_b") }, Stop);

        Assert.Equal("2", Assert.Single(found).Id.Value);
    }

    [Fact]
    public async Task A_span_is_read_in_pages_oldest_first_and_counted()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => AppendAsync(
            test, Samples.Caption($"cap_{i.Number()}", camera: $"cam_{i % 3}", at: Samples.Noon.AddSeconds(i)))));
        var span = new CaptionSpan(
            [new CameraId("cam_0"), new CameraId("cam_2"), new CameraId("cam_unknown")],
            Samples.Noon.AddSeconds(3),
            Samples.Noon.AddSeconds(1197));

        var read = new List<CaptionRecord>();
        await foreach (var caption in test.Store.Captions.ReadAsync(span, Stop))
        {
            read.Add(caption);
        }

        var expected = Enumerable.Range(3, 1194).Where(i => i % 3 != 1).Select(i => $"cap_{i.Number()}");
        Assert.Equal(expected, read.Select(c => c.Id.Value));
        Assert.Equal(read.Count, await test.Store.Captions.CountAsync(span, Stop));
        Assert.Equal(0, await test.Store.Captions.CountAsync(span with { Cameras = [] }, Stop));
    }

    private static Task AppendAsync(TestStore test, CaptionRecord caption) => test.Store.Journal.AppendAsync(Samples.Only(caption), Stop);
}
